import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import {
  chart,
  describeWithKubernetesTools,
  example,
  exampleValues,
  manifestsOf,
  podsOf,
  render,
  renderText,
  root,
  run,
  type Manifest,
} from './manifests';
import { restrictedViolations } from './pod-security';
import { faultsOf } from './validate-manifests';

const kubernetesVersions = ['1.28.0', '1.31.0', '1.34.0', '1.36.0'];
const selectorKeys = ['app.kubernetes.io/component', 'app.kubernetes.io/instance', 'app.kubernetes.io/name'];
const labelKeys = [
  ...selectorKeys,
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/version',
  'helm.sh/chart',
];

describeWithKubernetesTools('deploy/helm/clarion', ({ helm }) => {
  const files = exampleValues.map((path) => [basename(path, '-values.yaml'), path] as const);
  const renderedOnce = new Map(files.map(([name, path]) => [name, manifestsOf(renderText(helm, path))]));
  const everything = [...renderedOnce.values()].flat();
  const added = (name: string): boolean => name.endsWith('-extra');

  it.each(files)('%s passes helm lint --strict', (_, path) => {
    expect(run(helm, ['lint', '--strict', chart, '-f', path])).toContain('0 chart(s) failed');
  });

  it.each(files)('%s renders for every version of Kubernetes, and the same bytes each time', (_, path) => {
    const texts = kubernetesVersions.map((version) => renderText(helm, path, { args: ['--kube-version', version] }));
    for (const text of [...texts, renderText(helm, path)]) expect(text).toBe(texts[0]);
  });

  it('is not for versions of Kubernetes that are too old', () => {
    const [, path] = files[0]!;
    expect(() => renderText(helm, path, { args: ['--kube-version', '1.27.9'] })).toThrow(/kubeVersion/);
  });

  it('renders objects that Kubernetes and the operators take', () => {
    expect(faultsOf(everything)).toEqual([]);
    expect(new Set(everything.map(({ kind }) => kind)).size).toBeGreaterThan(12);
  });

  const deployment = (): Manifest => {
    const found = everything.find(({ kind }) => kind === 'Deployment');
    return structuredClone(found!);
  };
  it('would notice what they do not take', () => {
    const [unknown, wrongType, missing] = [deployment(), deployment(), deployment()];
    unknown.spec.template.spec.containers[0].imagePolicy = 'Always';
    wrongType.spec.replicas = '2';
    delete missing.spec.selector;
    const faults = faultsOf([unknown, wrongType, missing]).join('\n');
    for (const fault of [/imagePolicy\W+ does not exist/, /replicas must be integer/, /required property selector/])
      expect(faults).toMatch(fault);
  });

  it('keeps the restricted profile in every pod', () => {
    const pods = [...renderedOnce.values()].flatMap((manifests) => [...podsOf(manifests).values()]);
    expect(pods.length).toBe(21);
    for (const { component, spec } of pods) expect([component, restrictedViolations(spec)]).toEqual([component, []]);
  });

  it('notices what breaks the profile', () => {
    const values = {
      defaults: { securityContext: { readOnlyRootFilesystem: false }, podSecurityContext: { runAsUser: 0 } },
      allInOne: { extraVolumes: [{ name: 'host', hostPath: { path: '/' } }] },
    };
    const { spec } = podsOf(render(helm, example('all-in-one'), values)).get('all-in-one')!;
    expect(restrictedViolations(spec)).toEqual(['volume of kind hostPath', 'runAsUser', 'readOnlyRootFilesystem']);
  });

  it('gives every object the usual labels, and selects by those that never change', () => {
    for (const { kind, metadata, spec } of everything.filter(({ metadata: { name } }) => !added(name))) {
      expect([kind, Object.keys(metadata.labels ?? {})]).toEqual([
        kind,
        expect.arrayContaining(labelKeys.filter((key) => !key.endsWith('component'))),
      ]);
      const selector = spec?.selector?.matchLabels ?? (kind === 'Service' ? spec.selector : undefined);
      if (selector === undefined) continue;
      expect(selectorKeys).toEqual(expect.arrayContaining(Object.keys(selector)));
      if (spec.template !== undefined) {
        expect(Object.keys(selector).sort()).toEqual(selectorKeys);
        expect(spec.template.metadata.labels).toMatchObject(selector);
      }
    }
  });

  it('puts every object into the name space, without duplicate names', () => {
    for (const [name, manifests] of renderedOnce) {
      const ids = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      expect(new Set(ids).size).toBe(ids.length);
      const namespaces = manifests
        .filter(({ metadata }) => !added(metadata.name))
        .map(({ metadata }) => metadata.namespace);
      expect([name, new Set(namespaces)]).toEqual([
        name,
        new Set([name === 'distributed-everything' ? 'security' : 'scanners']),
      ]);
    }
  });

  it('restarts the pods of a service whose configuration changes, and no others', () => {
    const checksums = (values: object): Record<string, string | undefined> =>
      Object.fromEntries(
        [...podsOf(render(helm, example('distributed'), values)).values()].map(({ component, metadata }) => [
          component,
          metadata.annotations?.['checksum/config'],
        ]),
      );
    const before = checksums({});
    expect(Object.values(before).every((sum) => /^[0-9a-f]{64}$/.test(sum ?? ''))).toBe(true);
    const changed = checksums({ notifier: { settings: { CLARION_WEBHOOK_PORTS: '8443' } } });
    expect({ ...changed, notifier: '' }).toEqual({ ...before, notifier: '' });
    expect(changed['notifier']).not.toBe(before['notifier']);
    expect(checksums({ notifier: { replicas: 3 } })).toEqual(before);
    const all = checksums({ settings: { CLARION_LOG_LEVEL: 'debug' } });
    for (const [component, sum] of Object.entries(all)) expect(sum).not.toBe(before[component]);
  });

  const digest = `sha256:${'a'.repeat(64)}`;
  it.each([
    ['the version of the chart', {}, 'clarion/cli:0.1.0'],
    ['a tag', { allInOne: { image: { tag: '1.2.3' } } }, 'clarion/cli:1.2.3'],
    ['a digest before a tag', { allInOne: { image: { tag: '1.2.3', digest } } }, `clarion/cli@${digest}`],
    ['a registry', { global: { image: { registry: 'r.example/m' } } }, 'r.example/m/clarion/cli:0.1.0'],
    [
      'its own registry',
      { global: { image: { registry: 'r.example' } }, allInOne: { image: { registry: 'own.example' } } },
      'own.example/clarion/cli:0.1.0',
    ],
  ])('uses images by %s', (_, values, image) => {
    expect(podsOf(render(helm, example('all-in-one'), values)).get('all-in-one')?.container.image).toBe(image);
  });

  it.each([
    ['3Gi', 65, 1996],
    ['512Mi', 75, 384],
    ['4G', 50, 1907],
    ['1073741824', 50, 512],
  ])('of %s of memory gives %d %% to the heap', (memory, heapPercent, mebibytes) => {
    const values = { allInOne: { heapPercent, resources: { limits: { memory } } } };
    const { container } = podsOf(render(helm, example('all-in-one'), values)).get('all-in-one')!;
    expect(container.env).toContainEqual({ name: 'NODE_OPTIONS', value: `--max-old-space-size=${mebibytes}` });
  });

  it.each([
    ['distributed', {}],
    ['distributed', { shutdown: { drainSeconds: 30, graceSeconds: 900 } }],
  ])('gives pods of %s the time that the services need to stop: %j', (name, values) => {
    const manifests = render(helm, example(name), values);
    for (const { component, spec } of podsOf(manifests).values()) {
      const map = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.endsWith(component));
      const seconds = (variable: string): number => Number(/^(\d+)s$/.exec(map?.data?.[variable] ?? '')?.[1]);
      // A service leaves five seconds between the release of its work and its exit.
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(
        seconds('CLARION_DRAIN') + seconds('CLARION_GRACE') + 5,
      );
    }
  });

  it('denies all traffic that is not listed, and the addresses of cloud credentials', () => {
    const policies = everything.filter(({ kind }) => kind === 'NetworkPolicy');
    for (const { metadata, spec } of policies) {
      expect([metadata.name, spec.policyTypes]).toEqual([metadata.name, ['Ingress', 'Egress']]);
      const peers = (spec.egress ?? []).flatMap((rule: any) => rule.to ?? [{ ipBlock: { cidr: 'everywhere' } }]);
      for (const { ipBlock } of peers.filter((peer: any) => peer.ipBlock !== undefined)) {
        const [allowed, denied] = [ipBlock.cidr, ipBlock.except ?? []];
        if (allowed === '0.0.0.0/0') expect(denied).toContain('169.254.0.0/16');
        else if (allowed === '::/0') expect(denied).toContain('fd00:ec2::254/128');
        else expect(allowed).toBe('192.0.2.0/24');
      }
      if (/(feature|namespace)-detector$/.test(metadata.name)) expect(spec.egress).toBeUndefined();
    }
    const denyAll = policies.filter(({ metadata }) => metadata.name.endsWith('default-deny'));
    expect(denyAll).toHaveLength(3);
    for (const { spec } of denyAll) expect([spec.ingress, spec.egress]).toEqual([undefined, undefined]);
  });

  it('leaves the number of replicas to the autoscaler', () => {
    const scaled = renderedOnce.get('distributed-everything')!;
    const targets = scaled.filter(({ kind }) => ['ScaledObject', 'HorizontalPodAutoscaler'].includes(kind));
    expect(targets.length).toBe(4);
    for (const { spec } of targets) {
      const found = scaled.find(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name === spec.scaleTargetRef.name,
      );
      expect(found?.spec).not.toHaveProperty('replicas');
    }
  });

  it.each([
    [
      'MongoDB',
      { secrets: { CLARION_MONGODB_URI: { existingSecret: '' } } },
      'secrets.CLARION_MONGODB_URI.existingSecret',
    ],
    ['NATS', { settings: { CLARION_NATS_URL: null } }, 'settings.CLARION_NATS_URL'],
    ['callers', { secrets: { CLARION_TOKENS: { existingSecret: '' } } }, 'nobody could use the API'],
    ['where Prometheus is', { layerExtractor: { autoscaling: { enabled: true } } }, 'keda.prometheusAddress'],
    ['detectors', { featureDetector: { autoscaling: { enabled: true, minReplicas: 0 } } }, 'minReplicas is 1 or more'],
  ])('reports what is missing: %s', (_, values, message) => {
    expect(() => render(helm, example('distributed'), values)).toThrow(message);
  });

  it.each(['CLARION_TENANT', 'CLARION_CALL_BYTES', 'CLARION_MONGODB_DATABASE', 'CLARION_NATS_REPLICAS'])(
    'rejects unused settings: %s in all-in-one',
    (name) => {
      const settings = { [name]: 'x' };
      expect(() => render(helm, example('all-in-one'), { settings })).toThrow(`settings.${name} is for the services`);
    },
  );

  it('accepts a required variable from extraEnv as well', () => {
    const extraEnv = [{ name: 'CLARION_MONGODB_URI_FILE', value: '/vault/uri' }];
    const values = { secrets: { CLARION_MONGODB_URI: { existingSecret: '' } }, defaults: { extraEnv } };
    const { container } = podsOf(render(helm, example('distributed'), values)).get('notifier')!;
    expect(container.env).toContainEqual(extraEnv[0]);
  });

  it('renders the values of docs/kubernetes.md, alone and together', () => {
    const text = readFileSync(join(root, 'docs', 'kubernetes.md'), 'utf8');
    const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(
      ([, block]) => parse(block ?? '') as { secrets?: object },
    );
    expect(blocks.length).toBe(3);
    const [services, nats, scaling] = blocks;
    const kinds = (values: object): Set<string> =>
      new Set(render(helm, example('all-in-one'), values).map(({ kind }) => kind));
    expect(kinds(services!)).toContain('Ingress');
    const secrets = { ...services?.secrets, ...nats?.secrets };
    expect(kinds({ ...services, ...nats, secrets })).toContain('StatefulSet');
    expect(kinds({ ...services, ...scaling })).toContain('ScaledObject');
  });
});
