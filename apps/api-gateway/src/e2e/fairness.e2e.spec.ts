import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ApiClient,
  buildImage,
  type BuiltImage,
  file,
  type ServiceInstallation,
  startServiceInstallation,
  until,
} from '@clarion/test-kit';

/** Serves layers; those of blocked images only after they are released. */
const blobs = new Map<string, Uint8Array>();
const paused = new Set<string>();
const waiting: (() => void)[] = [];
const layers = createServer(({ url = '' }, response) => {
  const digest = url.slice(1);
  const give = (): void => {
    response.writeHead(200).end(blobs.get(digest));
  };
  if (paused.has(digest)) waiting.push(give);
  else give();
});

function letGo(): void {
  paused.clear();
  for (const go of waiting.splice(0)) go();
}

let layersMade = 0;
function newImage(count: number, { isPaused = false } = {}): BuiltImage {
  const image = buildImage({
    layers: Array.from({ length: count }, () => [file('mark', String((layersMade += 1)))]),
  });
  for (const { digest, blob } of image.layers) {
    blobs.set(digest, blob);
    if (isPaused) paused.add(digest);
  }
  return image;
}

/** The status of the answer. */
async function submit(caller: ApiClient, image: BuiltImage): Promise<number> {
  const { port } = layers.address() as AddressInfo;
  const offered = image.layers.map(({ digest }) => ({ digest, url: `http://127.0.0.1:${port}/${digest}` }));
  const answer = await caller.call('POST', '/images', { digest: image.manifestDigest, layers: offered });
  if (answer.status === 429) expect(answer.headers.get('retry-after')).toBe('10');
  return answer.status;
}

async function isIndexed(caller: ApiClient, image: BuiltImage): Promise<void> {
  await caller.until(`/images/${image.manifestDigest}`, ({ json }) => json.state === 'indexed');
}

let six: ServiceInstallation;
beforeAll(async () => {
  await once(layers.listen(0, '127.0.0.1'), 'listening');
  six = await startServiceInstallation({
    feeds: {},
    allowedHosts: ['127.0.0.1'],
    variables: {
      CLARION_EGRESS_INSECURE_HOSTS: '127.0.0.1',
      CLARION_LAYER_PORTS: String((layers.address() as AddressInfo).port),
      CLARION_WAITING_LAYERS: '20',
    },
  });
});
afterAll(async () => {
  letGo();
  await six.stop();
  layers.closeAllConnections();
  layers.close();
});

describe('callers of the services are scheduled fairly', () => {
  it('a backlog of one caller blocks no submissions of another, and delays none of its images', async () => {
    const { api: first, otherCaller: other } = six;
    const backlog = Array.from({ length: 4 }, () => newImage(4, { isPaused: true }));
    for (const image of backlog) expect(await submit(first, image)).toBe(202);
    const shared = newImage(3);
    expect(await submit(first, shared)).toBe(202);
    // 19 layers wait, of at most 20.
    const tooMany = newImage(4, { isPaused: true });
    expect(await submit(first, tooMany)).toBe(429);
    await until('all slots are taken', () => waiting.length === 2);
    for (const image of [newImage(2), shared, newImage(2)]) {
      expect(await submit(other, image)).toBe(202);
      await isIndexed(other, image);
    }
    expect(waiting.length).toBe(2);
    letGo();
    for (const image of backlog) await isIndexed(first, image);
    expect(await submit(first, tooMany)).toBe(202);
    await isIndexed(first, tooMany);
  });
});
