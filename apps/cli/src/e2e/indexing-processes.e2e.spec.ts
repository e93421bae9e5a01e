import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  apiClient,
  buildImage,
  type BuiltImage,
  childrenOf,
  file,
  goneProcess,
  sendSignal,
  type ServiceProcess,
  startServiceProcess,
  writeDockerArchive,
  until,
} from '@clarion/test-kit';
import { root, temporaryFolder } from '../../testing/run-clarion';

const folder = temporaryFolder();
const release = readFileSync(join(root, 'tools/sample/images/debian/os-release'), 'utf8');
let images = 0;
const newImage = (): BuiltImage =>
  buildImage({ layers: [[file('etc/os-release', release), file('mark', String((images += 1)))]] });

/** A registry with one image, that reports requests for layers and answers on command. */
class Registry {
  readonly server: Server;
  image = newImage();
  /** Called before a layer is served. */
  onBlob: () => Promise<void> | void = () => undefined;
  blobs = 0;
  requests = 0;
  /** Where layers are, if they are elsewhere. */
  redirect: string | undefined;

  constructor() {
    this.server = createServer((request, response) => {
      this.requests += 1;
      if (this.redirect !== undefined && request.url?.includes(this.image.layers[0]?.digest ?? ' ')) {
        response.writeHead(307, { location: this.redirect }).end();
        return;
      }
      void this.#bytes(request.url ?? '').then(({ type, bytes }) => {
        response.writeHead(bytes === undefined ? 404 : 200, type === '' ? {} : { 'content-type': type }).end(bytes);
      });
    });
  }

  get reference(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}/app:1`;
  }

  async #bytes(url: string): Promise<{ type: string; bytes?: Uint8Array }> {
    if (url === '/v2/') return { type: '', bytes: Buffer.alloc(0) };
    if (url.includes('/manifests/'))
      return { type: 'application/vnd.oci.image.manifest.v1+json', bytes: this.image.manifest };
    if (url.endsWith(this.image.configDigest)) return { type: '', bytes: this.image.config };
    const layer = this.image.layers.find(({ digest }) => url.endsWith(digest));
    if (layer === undefined) return { type: '' };
    this.blobs += 1;
    await this.onBlob();
    return { type: '', bytes: layer.blob };
  }
}

interface Serving {
  readonly process: ServiceProcess;
  readonly api: ReturnType<typeof apiClient>;
  readonly health: string;
}

const registry = new Registry();
let running: Serving[] = [];
beforeAll(() => once(registry.server.listen(0, '127.0.0.1'), 'listening'));
beforeEach(() => {
  registry.image = newImage();
  registry.onBlob = () => undefined;
  registry.blobs = 0;
  registry.requests = 0;
  registry.redirect = undefined;
});
afterEach(async () => {
  for (const { process } of running) {
    childrenOf(process.pid).forEach((pid) => {
      sendSignal(pid, 'SIGKILL');
    });
    process.kill('SIGKILL');
    await process.ended;
  }
  running = [];
});
afterAll(() => {
  registry.server.closeAllConnections();
  registry.server.close();
  folder.remove();
});

async function serve(name: string, ...more: readonly string[]): Promise<Serving> {
  const db = join(folder.path, name);
  const address = ['--listen', '127.0.0.1:0', '--introspection-port', '0', '--no-updates'];
  const access = ['--allow-host', '127.0.0.1', '--insecure-host', '127.0.0.1'];
  const process = startServiceProcess('cli', {}, ['serve', '--db', db, ...address, ...access, ...more]);
  await process.line('Started');
  const url = /http:\/\/[\d.]+:\d+/.exec(process.errors())?.[0] ?? '';
  const { introspection_port: port } = await process.line('Starting');
  const api = apiClient(url, readFileSync(join(db, 'administrator-token'), 'utf8').trim());
  const serving = { process, api, health: `http://127.0.0.1:${String(port)}/healthz` };
  running.push(serving);
  return serving;
}

const submit = async ({ api }: Serving): Promise<void> => {
  expect((await api.call('POST', '/images', { reference: registry.reference })).status).toBe(202);
};
const path = (): string => `/images/${registry.image.manifestDigest}`;
const finalState = async ({ api }: Serving) =>
  (await api.until(path(), ({ json }) => json.state === 'indexed' || json.state === 'failed', 60)).json as {
    state?: string;
    failure?: { code: string; message: string };
  };

const onLinux = process.platform === 'linux' ? describe : describe.skip;
onLinux('clarion serve reads layers in processes of their own (needs Linux)', () => {
  it('whose crash is recorded, tried again, and given up after three', async () => {
    const here = await serve('crash');
    registry.onBlob = () => {
      for (const child of childrenOf(here.process.pid)) sendSignal(child, 'SIGKILL');
    };
    await submit(here);
    expect(await finalState(here)).toMatchObject({
      state: 'failed',
      failure: { code: 'limit-exceeded', message: expect.stringMatching(/SIGKILL; given up after 3/) as string },
    });
    expect(registry.blobs).toBe(3);
  });

  it('which are killed when they take too long, while the API answers', async () => {
    const here = await serve('time', '--layer-time', '1s');
    let hung = 0;
    registry.onBlob = async () => {
      for (const child of childrenOf(here.process.pid)) sendSignal(child, 'SIGSTOP');
      // Now that process does not answer; everything else does.
      if ((await fetch(here.health)).ok && (await here.api.call('GET', path())).json.state === 'indexing') hung += 1;
    };
    await submit(here);
    const { state, failure } = await finalState(here);
    expect([state, failure?.code]).toEqual(['failed', 'limit-exceeded']);
    // On a busy machine, some of its three processes are killed before they ask for the layer.
    expect(hung).toBeGreaterThan(0);
    expect(failure?.message).toMatch(/took longer than 1 seconds/);
    // Other images are read as usual.
    registry.image = newImage();
    registry.onBlob = () => undefined;
    await submit(here);
    expect((await finalState(here)).state).toBe('indexed');
    // Their measurements are counted here; those of killed processes are not.
    const metrics = await (await fetch(here.health.replace('/healthz', '/metrics'))).text();
    for (const [name, value] of [
      ['clarion_layers_total{outcome="extracted"}', 1],
      ['clarion_scans_total{result="failed"}', 1],
      ['clarion_scans_total{result="ok"}', 1],
      ['clarion_match_duration_seconds_count', 1],
      ['clarion_layer_bytes_total{kind="decompressed"}', expect.any(Number)],
    ] as const)
      expect([
        name,
        Number(
          metrics
            .split('\n')
            .find((line) => line.startsWith(name))
            ?.split(' ')[1],
        ),
      ]).toEqual([name, value]);
  });

  it('whose requests and denials are counted like those of this process', async () => {
    const here = await serve('egress');
    registry.redirect = 'https://10.0.0.1/layer';
    await submit(here);
    expect((await finalState(here)).failure?.code).toBe('egress-denied');
    const metrics = (await (await fetch(here.health.replace('/healthz', '/metrics'))).text()).split('\n');
    const { host } = new URL(`http://${registry.reference}`);
    expect(metrics).toContain('clarion_egress_denied_total{reason="address"} 1');
    expect(metrics).toContain(`clarion_registry_requests_total{registry="${host}"} ${registry.requests}`);
  });

  it('which are killed when they take too much memory', async () => {
    const here = await serve('memory', '--layer-memory', '160MiB');
    const stanza = (n: number) => `Package: p${n}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n`;
    const status = Array.from({ length: 700_000 }, (_, n) => stanza(n)).join('');
    const greedy = buildImage({ layers: [[file('var/lib/dpkg/status', status)]] });
    const archive = join(folder.path, 'greedy.tar');
    writeDockerArchive(archive, greedy, { form: 'v1.1' });
    const headers = { authorization: `Bearer ${here.api.token}`, 'content-type': 'application/gzip' };
    const body = gzipSync(readFileSync(archive));
    const answer = await fetch(`${here.api.url}/api/v1/images`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({
      status: 422,
      detail: expect.stringContaining('more than 160 MiB of memory') as string,
    });
    expect((await fetch(here.health)).ok).toBe(true);
  });

  it('counts work that ends the whole machine as well: no crash loop', async () => {
    for (let starts = 0; starts < 3; starts += 1) {
      const here = await serve('loop');
      const dead = new Promise<void>((resolve) => {
        registry.onBlob = () => {
          // The parent is killed last: otherwise it would notice, and the child would return its work.
          for (const child of childrenOf(here.process.pid)) sendSignal(child, 'SIGSTOP');
          here.process.kill('SIGKILL');
          resolve();
          return new Promise(() => undefined);
        };
      });
      const children = (): readonly number[] => childrenOf(here.process.pid);
      if (starts === 0) await submit(here);
      await untilReading(children);
      const stopped = children();
      await dead;
      stopped.forEach((child) => {
        sendSignal(child, 'SIGKILL');
      });
      await here.process.ended;
    }
    const { state, failure } = await finalState(await serve('loop'));
    expect([state, failure?.code, registry.blobs]).toEqual(['failed', 'limit-exceeded', 3]);
  });

  it('does not count the work of a process whose parent died', async () => {
    let children: readonly number[] = [];
    for (let starts = 0; starts < 4; starts += 1) {
      const here = await serve('parent');
      const asked = new Promise<void>((resolve) => {
        registry.onBlob = () => {
          resolve();
          return new Promise(() => undefined);
        };
      });
      if (starts === 0) await submit(here);
      await asked;
      children = childrenOf(here.process.pid);
      here.process.kill('SIGKILL');
      await here.process.ended;
      for (const child of children) await goneProcess(child);
    }
    registry.onBlob = () => undefined;
    expect((await finalState(await serve('parent'))).state).toBe('indexed');
  });

  it('ends within its grace period although one of them does not answer', async () => {
    const here = await serve('term');
    const hung = new Promise<readonly number[]>((resolve) => {
      registry.onBlob = () => {
        const children = childrenOf(here.process.pid);
        for (const child of children) sendSignal(child, 'SIGSTOP');
        resolve(children);
      };
    });
    await submit(here);
    const children = await hung;
    here.process.kill('SIGTERM');
    expect(await here.process.ended).toBe(0);
    for (const child of children) await goneProcess(child);
    // It was not a fault of the image.
    const again = await serve('term');
    registry.onBlob = () => undefined;
    expect((await finalState(again)).state).toBe('indexed');
  });
});

async function untilReading(children: () => readonly number[]): Promise<void> {
  await until('a child reads', () => children().length > 0, { every: 5 });
}
