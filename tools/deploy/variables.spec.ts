import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  chart,
  describeWithKubernetesTools,
  environmentOf,
  example,
  podsOf,
  render,
  root,
  type Manifest,
  type Pod,
} from './manifests';

interface ChartService {
  readonly ports: Readonly<Record<string, number>>;
  readonly settings: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}
const services = JSON.parse(readFileSync(join(chart, 'files', 'services.json'), 'utf8')) as Record<
  string,
  ChartService
>;
const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8'));

/** Variables of each service with their defaults, from the published reference. */
function documented(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const names = Object.keys(services);
  const byService = new Map(names.map((name) => [name, new Map<string, string>()]));
  for (const line of readFileSync(join(root, 'docs', 'configuration.md'), 'utf8').split('\n')) {
    const [, variable, value, users] = /^\| `(CLARION_\w+)`(?: \(secret\))? +\| (.*?) +\| (.*?) +\|/.exec(line) ?? [];
    if (variable === undefined) continue;
    const readers = users === 'all' ? names : (users ?? '').split(', ');
    for (const name of readers)
      byService.get(name === 'clarion serve' ? 'all-in-one' : name)?.set(variable, value ?? '');
  }
  return byService;
}

/** Variables of the command line in addition to the settings of `serve`. */
const ofCommandLine = new Set(['CLARION_CONFIG', 'CLARION_DB', 'CLARION_LISTEN']);

describeWithKubernetesTools('variables of the chart', ({ helm }) => {
  const modes = [
    ['all-in-one', example('all-in-one-published')],
    ['distributed', example('distributed')],
    ['everything', example('distributed-everything')],
  ] as const;

  it.each(modes)('%s sets only those that the service reads', (_, path) => {
    const manifests = render(helm, path);
    for (const pod of podsOf(manifests).values()) {
      const names = Object.keys(environmentOf(pod, manifests)).filter((name) => name.startsWith('CLARION_'));
      expect(names.length).toBeGreaterThan(1);
      const known = documented().get(pod.component);
      const read = (name: string): boolean =>
        (pod.component === 'all-in-one' && ofCommandLine.has(name)) ||
        known?.has(name) === true ||
        known?.has(name.replace(/_FILE$/, '')) === true;
      const strange = names.filter((name) => !read(name));
      expect([pod.component, strange]).toEqual([pod.component, []]);
    }
  });

  it('runs the image of an app of this repository, on the ports that the app listens on', () => {
    for (const [mode] of modes.slice(0, 2)) {
      for (const { component, container } of podsOf(render(helm, example(mode))).values()) {
        const app = /^clarion\/([a-z-]+):/.exec(container.image)?.[1] ?? '';
        expect([component, existsSync(join(root, 'apps', app, 'src', 'main.ts'))]).toEqual([component, true]);
        expect(app).toBe(component === 'all-in-one' ? 'cli' : component);
        const ports = Object.fromEntries(
          container.ports.map((port: { name: string; containerPort: number }) => [port.name, port.containerPort]),
        );
        const variables = [...(documented().get(component) ?? [])];
        const documentedPorts = variables
          .map(([name, value]) => [
            /^CLARION_([A-Z]+)_PORT$/.exec(name)?.[1]?.toLowerCase(),
            Number(/\d+/.exec(value)?.[0]),
          ])
          .filter(([name]) => name !== undefined);
        expect([component, ports]).toEqual([
          component,
          component === 'all-in-one' ? { rest: 6060, introspection: 6061 } : Object.fromEntries(documentedPorts),
        ]);
      }
    }
  });

  it('can configure every service with every variable of the reference, except for the chart’s own', () => {
    const own =
      /^CLARION_(DRAIN|GRACE|HOST|INTROSPECTION_HOST|(GRPC|REST|INTROSPECTION)_PORT|(TLS|DETECTOR)_(CA|CERTIFICATE|KEY|CLIENT_CA))$/;
    // The reference uses the name of a file, the chart its content.
    const inChart = (variable: string): string =>
      variable.replace(/^(CLARION_NATS_(?:CA|CERTIFICATE|KEY))_FILE$/, '$1');
    for (const [name, variables] of documented()) {
      const offered = [...(services[name]?.settings ?? []), ...Object.keys(services[name]?.files ?? {})];
      const config = name === 'all-in-one' ? ['CLARION_CONFIG'] : [];
      const wanted = [...variables.keys()]
        .filter((one) => !own.test(one))
        .map(inChart)
        .concat(config);
      expect([name, offered.sort()]).toEqual([name, wanted.sort()]);
    }
  });

  const secretNames = [...new Set(Object.values(services).flatMap(({ files }) => Object.keys(files)))].sort();
  it.each(secretNames)('takes %s from an existing Secret, only where it is used', (name) => {
    for (const mode of ['all-in-one', 'distributed']) {
      const manifests = render(helm, example(mode), {
        secrets: { [name]: { existingSecret: 'of-the-owner', key: 'its.key' } },
      });
      expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
      for (const pod of podsOf(manifests).values()) {
        const variable = services[pod.component]?.files[name];
        expect([pod.component, secretFile(pod, manifests, variable)]).toEqual([
          pod.component,
          variable === undefined ? undefined : { secret: 'of-the-owner', key: 'its.key' },
        ]);
      }
    }
  });

  it.each([
    ['a key at the top', { modus: 'distributed' }],
    ['a key of a service', { notifier: { replica: 2 } }],
    ['a key deep inside', { defaults: { image: { digests: '' } } }],
    ['a variable', { settings: { CLARION_LOG_LEVL: 'debug' } }],
    ['a secret as a variable', { settings: { CLARION_MONGODB_URI: 'mongodb://user:password@host' } }],
    ['a variable that the chart sets', { apiGateway: { settings: { CLARION_REST_PORT: 8888 } } }],
    ['a secret with its value', { secrets: { CLARION_TOKENS: { value: 'me:administrator:…' } } }],
    ['an unknown secret', { secrets: { CLARION_PASSWORD: { existingSecret: 'x' } } }],
    ['the tag latest', { defaults: { image: { tag: 'latest' } } }],
    ['an invalid digest', { defaults: { image: { digest: 'sha256:abc' } } }],
    ['a heap without room beside it', { defaults: { heapPercent: 90 } }],
    ['another mode', { mode: 'both' }],
  ])('rejects %s', (_, values) => {
    expect(() => render(helm, example('all-in-one'), values)).toThrow(/values don't meet the specifications/);
  });

  it('has a schema with every value, and no other', () => {
    const open: string[] = [];
    const walk = (node: any, path: string): void => {
      if (node?.properties !== undefined && node.additionalProperties !== false) open.push(path);
      for (const [key, child] of Object.entries(node ?? {}))
        if (typeof child === 'object') walk(child, `${path}/${key}`);
    };
    walk(schema, '');
    // A parent chart may pass more values to all of its subcharts.
    expect(open).toEqual(['/properties/global']);
    const values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8'));
    expect(Object.keys(values).sort()).toEqual(Object.keys(schema.properties).sort());
    expect(Object.keys(values.defaults).sort()).toEqual(Object.keys(schema.$defs.component.properties).sort());
    expect(Object.keys(values.secrets).sort()).toEqual(secretNames);
  });
});

/** The Secret and key that a variable's file is mounted from. */
function secretFile(pod: Pod, manifests: readonly Manifest[], variable: string | undefined): object | undefined {
  const environment = environmentOf(pod, manifests);
  const mount = pod.container.volumeMounts.find(({ name }: { name: string }) => name === 'secrets');
  const sources = pod.spec.volumes.find(({ name }: { name: string }) => name === 'secrets')?.projected.sources ?? [];
  const ofOwner = sources.filter(({ secret }: { secret: { name: string } }) => secret.name === 'of-the-owner');
  if (variable === undefined) return ofOwner.length === 0 ? undefined : { mountedBut: 'not read' };
  for (const { secret } of ofOwner)
    for (const { key, path } of secret.items)
      if (environment[variable] === `${mount.mountPath as string}/${path as string}`)
        return { secret: secret.name, key };
  return undefined;
}
