import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsServerBinary } from '@clarion/test-kit';
import { describeWithKubernetesTools, environmentOf, example, podsOf, render } from './manifests';
import { becomesCluster, portsFor } from './nats-cluster';

describeWithKubernetesTools('NATS of the chart', ({ helm }) => {
  const values = example('distributed-nats');
  const names = [0, 1, 2].map((number) => `release-clarion-nats-${number}`);

  it('is three pods that the services know by name, with three replicas of each stream', () => {
    const manifests = render(helm, values);
    const pods = podsOf(manifests);
    const urls = names.map((name) => `nats://${name}.release-clarion-nats:4222`).join(',');
    for (const component of ['api-gateway', 'layer-extractor', 'feed-updater', 'notifier']) {
      const variables = environmentOf(pods.get(component)!, manifests);
      expect([variables['CLARION_NATS_URL'], variables['CLARION_NATS_REPLICAS']]).toEqual([urls, '3']);
    }
    expect(pods.get('nats')?.owner).toMatchObject({ kind: 'StatefulSet', spec: { replicas: 3 } });
    const one = render(helm, values, { nats: { replicas: 1 } });
    const variables = environmentOf(podsOf(one).get('notifier')!, one);
    expect([variables['CLARION_NATS_URL'], variables['CLARION_NATS_REPLICAS']]).toEqual([urls.split(',')[0], '1']);
    expect(one.some(({ kind, metadata }) => kind === 'PodDisruptionBudget' && metadata.name.endsWith('nats'))).toBe(
      false,
    );
  });

  it('is not there unless it is enabled, and an address in settings has precedence', () => {
    expect(podsOf(render(helm, example('distributed'))).has('nats')).toBe(false);
    const manifests = render(helm, values, { settings: { CLARION_NATS_URL: 'nats://elsewhere:4222' } });
    expect(environmentOf(podsOf(manifests).get('notifier')!, manifests)['CLARION_NATS_URL']).toBe(
      'nats://elsewhere:4222',
    );
  });

  const binary = natsServerBinary();
  (binary === undefined ? it.skip : it)('is one cluster with its configuration (needs nats-server)', async () => {
    const found = render(helm, values).find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith('nats'),
    );
    const configuration = (found?.data as { 'nats.conf': string })['nats.conf'];
    expect(configuration).toContain('authorization { token: $NATS_TOKEN }');
    const folder = mkdtempSync(join(tmpdir(), 'clarion-chart-nats-'));
    const port = await portsFor(names);
    const servers = names.map((name) => {
      const local = configuration
        .replaceAll('/data', join(folder, name))
        .replace('port: 4222', `listen: "127.0.0.1:${port(name, 'client')}"`)
        .replace('http_port: 8222', `http: "127.0.0.1:${port(name, 'monitoring')}"`)
        .replace('port: 6222', `listen: "127.0.0.1:${port(name, 'route')}"`)
        .replaceAll(
          /nats:\/\/([\w-]+)\.release-clarion-nats:6222/g,
          (_, other: string) => `nats://127.0.0.1:${port(other, 'route')}`,
        );
      // The volume is there before the server is.
      const file = `${join(folder, name)}.conf`;
      writeFileSync(file, local.replace(/^pid_file.*$/m, ''));
      return { name, args: ['--config', file], env: { NATS_NAME: name, NATS_TOKEN: 'secret' } };
    });
    await becomesCluster(binary!, servers, port);
    rmSync(folder, { recursive: true });
  });
});
