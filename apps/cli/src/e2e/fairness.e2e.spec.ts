import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  type ApiClient,
  apiClient,
  buildImage,
  type BuiltImage,
  childrenOf,
  file,
  sendSignal,
  type ServiceProcess,
  startServiceProcess,
  until,
  writeDockerArchive,
} from '@clarion/test-kit';
import { root, temporaryFolder } from '../../testing/run-clarion';

const folder = temporaryFolder();
const release = readFileSync(join(root, 'tools/sample/images/debian/os-release'), 'utf8');
let layersMade = 0;
/** A small image with new layers. */
const newImage = (layers = 1): BuiltImage =>
  buildImage({
    layers: Array.from({ length: layers }, () => [
      file('etc/os-release', release),
      file('mark', String((layersMade += 1))),
    ]),
  });

/** Serves layers; blocked ones only after they are released. */
class Layers {
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #paused = new Set<string>();
  readonly #waiting: (() => void)[] = [];
  readonly server = createServer(({ url = '' }, response) => {
    const give = (): void => {
      this.#give(url.slice(1), response);
    };
    if (this.#paused.has(url.slice(1))) this.#waiting.push(give);
    else give();
  });

  /** Requests for blocked layers. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** A submission whose caller gives the addresses of the layers. */
  offer(image: BuiltImage, { waits = false } = {}): unknown {
    const { port } = this.server.address() as AddressInfo;
    for (const { digest, blob } of image.layers) {
      this.#blobs.set(digest, blob);
      if (waits) this.#paused.add(digest);
    }
    const layers = image.layers.map(({ digest, diffId }) => ({
      ...{ digest, diffId },
      url: `http://127.0.0.1:${port}/${digest}`,
    }));
    return { digest: image.manifestDigest, layers };
  }

  /** A submission with numbered layers that never arrive. */
  offerNames(names: readonly number[]): unknown {
    const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
    const { port } = this.server.address() as AddressInfo;
    const digests = names.map((name) => digestOf(`layer ${name}`));
    for (const digest of digests) this.#paused.add(digest);
    const offered = digests.map((digest) => ({ digest, url: `http://127.0.0.1:${port}/${digest}` }));
    return { digest: digestOf(`image ${names.join()}`), layers: offered };
  }

  letGo(): void {
    this.#paused.clear();
    for (const give of this.#waiting.splice(0)) give();
  }

  #give(digest: string, response: ServerResponse): void {
    response.writeHead(200).end(this.#blobs.get(digest));
  }
}

const layers = new Layers();
let serving: ServiceProcess;
let url: string;

/** Callers, each with a separate token. */
const callers = ['stranger', 'other', 'third'] as const;
const api = {} as Record<(typeof callers)[number], ApiClient>;

beforeAll(async () => {
  await once(layers.server.listen(0, '127.0.0.1'), 'listening');
});
beforeEach(async () => {
  const tokens = join(folder.path, 'tokens');
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
  writeFileSync(tokens, callers.map((name) => `${name}:scanner:${hashOf(`token-of-${name}`)}\n`).join(''));
  const { port } = layers.server.address() as AddressInfo;
  const access = ['--allow-host', '127.0.0.1', '--insecure-host', '127.0.0.1', '--layer-ports', String(port)];
  const address = ['--listen', '127.0.0.1:0', '--introspection-port', '0', '--no-updates'];
  const db = join(folder.path, `db-${layersMade}`);
  const given = ['--db', db, '--tokens-file', tokens, '--concurrent-layers', '2'];
  serving = startServiceProcess('cli', {}, ['serve', ...given, ...address, ...access]);
  await serving.line('Started');
  url = /http:\/\/[\d.]+:\d+/.exec(serving.errors())?.[0] ?? '';
  for (const name of callers) api[name] = apiClient(url, `token-of-${name}`);
});
afterEach(async () => {
  for (const pid of children()) sendSignal(pid, 'SIGKILL');
  serving.kill('SIGKILL');
  await serving.ended;
});
afterAll(() => {
  layers.server.closeAllConnections();
  layers.server.close();
  folder.remove();
});

const children = (): readonly number[] => childrenOf(serving.pid);

interface Upload {
  readonly answer: Promise<{ readonly status: number; readonly state?: string }>;
  answered(): boolean;
}

function upload({ token }: ApiClient): Upload {
  const path = join(folder.path, 'archive.tar');
  writeDockerArchive(path, newImage(), { form: 'v1.1' });
  let answered = false;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-tar' };
  const answer = fetch(`${url}/api/v1/images`, { method: 'POST', headers, body: readFileSync(path) })
    .then(async (response) => ({ ...((await response.json()) as object), status: response.status }))
    .finally(() => (answered = true));
  answer.catch(() => undefined);
  return { answer, answered: () => answered };
}

/** An upload whose reading never ends: its new process is stopped as soon as it exists. */
async function endless(caller: ApiClient): Promise<Upload & { readonly reader: number }> {
  const before = children();
  const uploading = upload(caller);
  const fresh = (): readonly number[] => children().filter((pid) => !before.includes(pid));
  await until('a process is started', () => fresh().length > 0, { every: 5 });
  const [reader = 0] = fresh();
  sendSignal(reader, 'SIGSTOP');
  return { ...uploading, reader };
}

const indexed = { status: 200, state: 'indexed' };

const onLinux = process.platform === 'linux' ? describe : describe.skip;
onLinux('callers of clarion serve are served in turns (needs Linux)', () => {
  it('a caller whose uploads never end, and keep coming, does not delay those of another', async () => {
    const reading = [await endless(api.stranger), await endless(api.stranger)];
    const more = [upload(api.stranger), upload(api.stranger)];
    for (let n = 0; n < 3; n += 1) expect(await upload(api.other).answer).toMatchObject(indexed);
    const hostile = [...reading, ...more];
    expect(hostile.map((one) => one.answered())).toEqual(hostile.map(() => false));
    // No work of the first caller is lost.
    for (const { reader } of reading) sendSignal(reader, 'SIGCONT');
    for (const { answer } of hostile) expect(await answer).toMatchObject(indexed);
  });

  it('two callers who use all slots do not delay a third one', async () => {
    const reading = [await endless(api.stranger), await endless(api.other)];
    expect(await upload(api.third).answer).toMatchObject(indexed);
    expect(reading.map((one) => one.answered())).toEqual([false, false]);
  });

  it('a backlog of layers of one caller, who submitted first, does not delay the images of another', async () => {
    const backlog = [newImage(4), newImage(4), newImage(4)];
    for (const image of backlog) {
      expect((await api.stranger.call('POST', '/images', layers.offer(image, { waits: true }))).status).toBe(202);
    }
    await until('all slots are taken', () => layers.waiting === 2);
    for (let n = 0; n < 3; n += 1) {
      const small = newImage(2);
      expect((await api.other.call('POST', '/images', layers.offer(small))).status).toBe(202);
      await api.other.until(`/images/${small.manifestDigest}`, ({ json }) => json.state === 'indexed');
    }
    expect(layers.waiting).toBe(2);
    // The same applies to an image that both have submitted, and that waits behind the whole backlog of the first.
    const shared = newImage(2);
    expect((await api.stranger.call('POST', '/images', layers.offer(shared))).status).toBe(202);
    expect((await api.other.call('POST', '/images', layers.offer(shared))).status).toBe(202);
    await api.other.until(`/images/${shared.manifestDigest}`, ({ json }) => json.state === 'indexed');
    expect(layers.waiting).toBe(2);
    layers.letGo();
    for (const image of backlog) {
      await api.stranger.until(`/images/${image.manifestDigest}`, ({ json }) => json.state === 'indexed');
    }
  });

  it('a caller who submits more layers than may wait does not block the submissions of another', async () => {
    const many = (image: number): unknown => layers.offerNames(Array.from({ length: 512 }, (_, n) => image * 512 + n));
    const submitted = await Promise.all(
      Array.from({ length: 40 }, (_, image) => api.stranger.call('POST', '/images', many(image))),
    );
    const refused = submitted.filter(({ status }) => status !== 202);
    // 19 images of 512 layers are not more than 10,000.
    expect(refused).toHaveLength(21);
    for (const { status, json, headers } of refused) {
      expect([status, headers.get('retry-after')]).toEqual([429, '10']);
      expect(json).toMatchObject({ code: 'queue-full', detail: expect.stringContaining('one caller') as string });
    }
    await until('all slots are taken', () => layers.waiting === 2);
    const small = newImage(2);
    expect((await api.other.call('POST', '/images', layers.offer(small))).status).toBe(202);
    await api.other.until(`/images/${small.manifestDigest}`, ({ json }) => json.state === 'indexed');
    expect(layers.waiting).toBe(2);
  });
});
