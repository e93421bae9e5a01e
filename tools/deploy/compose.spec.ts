import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsServerBinary } from '@clarion/test-kit';
import { parse } from 'yaml';
import { becomesCluster, type PortOf, portsFor } from './nats-cluster';

const root = join(__dirname, '..', '..');
const compose = parse(readFileSync(join(root, 'deploy', 'compose.yaml'), 'utf8'), { merge: true });

const cluster = parse(readFileSync(join(root, 'deploy', 'compose.nats-cluster.yaml'), 'utf8'), { merge: true });

/** Variables of each service in the published reference; for secrets also with `_FILE`. */
function documented(service: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of readFileSync(join(root, 'docs', 'configuration.md'), 'utf8').split('\n')) {
    const [, variable, secret, users] = /^\| `(CLARION_\w+)`( \(secret\))? +\| .*? +\| (.*?) +\|/.exec(line) ?? [];
    if (variable === undefined || !(users === 'all' || users?.split(', ').includes(service))) continue;
    names.add(variable);
    if (secret !== undefined) names.add(`${variable}_FILE`);
  }
  return names;
}

const services: readonly string[] = Object.keys(compose.services).filter((name) => compose.services[name].build);

describe('the compose file', () => {
  it('starts the six services', () => {
    expect([...services].sort()).toEqual([
      'api-gateway',
      'feature-detector',
      'feed-updater',
      'layer-extractor',
      'namespace-detector',
      'notifier',
    ]);
  });

  it.each(services)('gives %s only variables that it reads, and secrets that it has', (service) => {
    const { environment = {}, secrets = [] } = compose.services[service];
    const given = Object.keys(environment).filter((name) => name.startsWith('CLARION_'));
    expect(given.filter((name) => !documented(service).has(name))).toEqual([]);
    const files = given.filter((name) => name.endsWith('_FILE')).map((name) => environment[name]);
    expect(files).toEqual(secrets.map((name: string) => `/run/secrets/${name}`));
  });
});

/** A server of the cluster, started with its arguments, but on ports and in a folder of this machine. */
function clusteredArguments(name: string, port: PortOf, folder: string): string[] {
  const { command } = cluster.services[name] as { readonly command: readonly string[] };
  const local = command.map((argument) =>
    argument
      .replace('/data', join(folder, name))
      .replace('0.0.0.0:6222', `127.0.0.1:${port(name, 'route')}`)
      .replaceAll(/nats:\/\/(nats(?:-\d)?):6222/g, (_, other: string) => `nats://127.0.0.1:${port(other, 'route')}`)
      .replace('8222', port(name, 'monitoring')),
  );
  return ['--addr=127.0.0.1', `--port=${port(name, 'client')}`, ...local];
}

describe('the compose file of a NATS cluster', () => {
  const clustered = Object.keys(cluster.services).filter((name) => name.startsWith('nats'));

  it('gives the services that use NATS all three addresses, and nothing that they do not read', () => {
    const others = Object.keys(cluster.services).filter((name) => !clustered.includes(name));
    const users = services.filter((name) => documented(name).has('CLARION_NATS_URL'));
    expect(others.sort()).toEqual([...users].sort());
    for (const name of others) {
      const { CLARION_NATS_URL: urls, CLARION_NATS_REPLICAS: replicas } = cluster.services[name].environment;
      expect(urls.split(',')).toEqual(clustered.map((one) => `nats://${one}:4222`));
      expect([replicas, clustered.length]).toEqual(['3', 3]);
    }
    const volumes = clustered.map(
      (name) => ({ ...compose.services, ...cluster.services })[name].volumes ?? compose.services[name].volumes,
    );
    expect(new Set(volumes.flat()).size).toBe(3);
  });

  const binary = natsServerBinary();
  (binary === undefined ? it.skip : it)('is one cluster with its arguments (needs nats-server)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clarion-compose-'));
    const port = await portsFor(clustered);
    const servers = clustered.map((name) => ({ name, args: clusteredArguments(name, port, folder) }));
    await becomesCluster(binary!, servers, port);
    rmSync(folder, { recursive: true });
  });
});

describe('the container image', () => {
  const dockerfile = readFileSync(join(root, 'deploy', 'Dockerfile'), 'utf8');

  it('uses images that are named by digest', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    expect(bases).toHaveLength(2);
    for (const image of bases) expect(image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  it('runs without a shell and not as root', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER 65532:65532$/m);
    expect(last).toMatch(/^ENTRYPOINT \["\/nodejs\/bin\/node", "dist\/main\.js"\]$/m);
    expect(last).not.toMatch(/^RUN /m);
  });
});
