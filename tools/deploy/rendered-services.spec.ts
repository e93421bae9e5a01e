import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bundleApps,
  canStartNatsServer,
  describeWithMongoServer,
  startNatsServer,
  startServiceProcess,
  type NatsServer,
  type ServiceProcess,
} from '@clarion/test-kit';
import {
  describeWithKubernetesTools,
  environmentOf,
  example,
  podsOf,
  render,
  type Manifest,
  type Pod,
} from './manifests';

/** Folders of a pod that are others on this machine. */
interface Folders {
  readonly secrets: string;
  readonly data: string;
}

/** Only ports and addresses of this machine differ from the pod. No feeds are loaded here. */
const introspection = { CLARION_INTROSPECTION_HOST: '127.0.0.1', CLARION_INTROSPECTION_PORT: '0' };
const detector = { ...introspection, CLARION_HOST: '127.0.0.1', CLARION_GRPC_PORT: '0' };
const ofThisMachine: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'all-in-one': { CLARION_INTROSPECTION_PORT: '0', CLARION_LISTEN: '127.0.0.1:0', CLARION_SCHEDULE: 'false' },
  'api-gateway': { ...introspection, CLARION_HOST: '127.0.0.1', CLARION_GRPC_PORT: '0', CLARION_REST_PORT: '0' },
  'feature-detector': detector,
  'namespace-detector': detector,
  'feed-updater': { ...introspection, CLARION_SCHEDULE: 'false' },
  'layer-extractor': introspection,
  notifier: introspection,
};

/** Starts the app of a pod with the pod's arguments and variables, and its secrets from `folders`. */
function startPod(pod: Pod, manifests: readonly Manifest[], { secrets, data }: Folders): ServiceProcess {
  const given = Object.entries(environmentOf(pod, manifests)).map(([name, value]) => [
    name,
    value.replace('/run/secrets/clarion', secrets).replace(/^\/data$/, data),
  ]);
  const variables = { ...Object.fromEntries(given), ...ofThisMachine[pod.component] };
  const app = pod.component === 'all-in-one' ? 'cli' : pod.component;
  return startServiceProcess(app, variables, pod.container.args ?? []);
}

/** Status of each probe of a pod, requested from a process. */
async function probe(pod: Pod, { introspection_port }: Readonly<Record<string, unknown>>): Promise<object> {
  const ask = async (name: string): Promise<number> => {
    const { path, port } = pod.container[name].httpGet;
    expect(port).toBe('introspection');
    return (await fetch(`http://127.0.0.1:${String(introspection_port)}${path as string}`)).status;
  };
  return { startup: await ask('startupProbe'), live: await ask('livenessProbe'), ready: await ask('readinessProbe') };
}

const warnings = ({ lines }: ServiceProcess): readonly string[] =>
  lines.filter(({ level }) => level === 'warn').map(({ msg }) => msg);

describeWithKubernetesTools('services with what the chart gives them', ({ helm }) => {
  let folder: string;
  let folders: Folders;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clarion-rendered-'));
    folders = { secrets: join(folder, 'secrets'), data: join(folder, 'data') };
    for (const path of Object.values(folders)) mkdirSync(path);
    const token = createHash('sha256').update('token').digest('hex');
    writeFileSync(join(folders.secrets, 'tokens'), `spec:administrator:${token}\n`);
    writeFileSync(join(folders.secrets, 'sealing-keys'), `${randomBytes(32).toString('base64')}\n`);
    writeFileSync(join(folders.secrets, 'config'), 'feeds: {}\n');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['all-in-one', 'all-in-one-published'])('%s is ready, and ends on request', async (name) => {
    bundleApps('cli');
    const manifests = render(helm, example(name));
    const pod = podsOf(manifests).get('all-in-one')!;
    const address = environmentOf(pod, manifests)['CLARION_LISTEN'];
    expect(address).toBe('0.0.0.0:6060');
    const started = startPod(pod, manifests, folders);
    await started.line('Started');
    expect(await probe(pod, await started.line('Starting'))).toEqual({ startup: 200, live: 200, ready: 200 });
    expect(warnings(started)).toEqual([]);
    started.kill('SIGTERM');
    expect(await started.ended).toBe(0);
  });

  describeWithMongoServer('distributed', (mongo) => {
    const withNats = canStartNatsServer() ? it : it.skip;
    let nats: NatsServer | undefined;
    beforeAll(async () => {
      if (canStartNatsServer()) nats = await startNatsServer();
    });
    afterAll(() => nats?.stop());

    withNats(
      'is ready in all six services, and ends when it is asked to',
      async () => {
        writeFileSync(join(folders.secrets, 'mongodb-uri'), mongo().freshUri());
        const { url, prefix } = nats!;
        // A separate tenant, for servers that several installations use.
        const settings = {
          CLARION_NATS_URL: url,
          CLARION_TENANT: prefix,
          CLARION_MONGODB_DATABASE: prefix,
        };
        const manifests = render(helm, example('distributed'), { settings, shutdown: { drainSeconds: 1 } });
        const pods = [...podsOf(manifests).values()];
        bundleApps(...pods.map(({ component }) => component));
        const processes = pods.map((pod) => ({ pod, started: startPod(pod, manifests, folders) }));
        for (const { pod, started } of processes) {
          await started.line('Started');
          const status = await probe(pod, await started.line('Starting'));
          expect([pod.component, status]).toEqual([pod.component, { startup: 200, live: 200, ready: 200 }]);
          expect([pod.component, warnings(started)]).toEqual([pod.component, []]);
        }
        for (const { started } of processes) started.kill('SIGTERM');
        for (const { pod, started } of processes)
          expect([pod.component, await started.ended]).toEqual([pod.component, 0]);
      },
      300_000,
    );
  });
});
