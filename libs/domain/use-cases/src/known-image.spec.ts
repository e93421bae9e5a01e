import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSealer, newSealingKey } from '@clarion/sealing';
import { allDetectors, detectorsKey } from '@clarion/layer-indexing';
import type { Image } from '@clarion/model';
import { until, type BuiltImage } from '@clarion/test-kit';
import { debianImage, startInstallation, type TestInstallation } from '../testing/installation';
import type { UseCaseDependencies } from './dependencies';

const memory = createSealer(newSealingKey());

let host: string;
let built: BuiltImage;
let asked: number;
let installation: TestInstallation | undefined;
let registry: Server;
beforeAll(async () => {
  // Everything needs a login.
  registry = createServer((_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end());
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
});
afterAll(() => registry.close());
beforeEach(() => {
  built = debianImage(['openssl=3.0.11-1'], 'known');
  asked = 0;
});
afterEach(() => installation?.close());

/** A registry with one image, whose layers nobody can pull. */
async function start(changes: Partial<UseCaseDependencies> = {}): Promise<TestInstallation> {
  const image: Image = {
    reference: `${host}/team/app@${built.manifestDigest}`,
    manifestDigest: built.manifestDigest,
    platform: { os: 'linux', architecture: 'amd64' },
    layers: built.layers.map(({ diffId, digest }) => ({ diffId, digest })),
  };
  installation = await startInstallation({
    resolveImage: (reference) => {
      asked += 1;
      return Promise.resolve({ image, pinned: reference, name: reference, insecure: true });
    },
    memorySealer: memory,
    ...changes,
  });
  return installation;
}

const request = () => ({
  kind: 'reference' as const,
  reference: `${host}/team/app@${built.manifestDigest}`,
  tag: '1',
  lookUp: 'unless-known' as const,
  credentials: { username: 'robot', password: 'secret' },
  credentialsForOneJob: true as const,
});

async function originOf({ store }: TestInstallation) {
  const { submission } = (await store.image(built.manifestDigest)) ?? {};
  if (submission?.origin.kind !== 'registry') throw new Error('It comes from a registry');
  return submission.origin;
}

/** Marks it indexed with the detectors of this build, as if its layers had been read. */
async function index({ store, useCases, dependencies }: TestInstallation): Promise<void> {
  const detectors = detectorsKey(await allDetectors(dependencies.detectors));
  await store.changeImage(built.manifestDigest, (known) =>
    known?.submission === undefined
      ? undefined
      : {
          ...known,
          submission: { ...known.submission, state: 'indexed', indexedAt: '2026-01-01T00:00:00Z', detectors },
        },
  );
  expect((await useCases.images.get(built.manifestDigest)).state).toBe('indexed');
}

describe('an image by digest', () => {
  it('is looked up once, and named by the tag of its caller', async () => {
    const started = await start();
    await started.useCases.images.submit(request());
    await index(started);
    const again = await started.useCases.images.submit({ ...request(), tag: '2' });
    expect(again).toMatchObject({ state: 'indexed', ordered: false });
    expect(asked).toBe(1);
    const { references } = await started.useCases.images.get(built.manifestDigest);
    expect(references).toEqual([`${host}/team/app:1`, `${host}/team/app:2`]);
  });

  it('is looked up again if it is not indexed, or by callers who do not say that this suffices', async () => {
    const started = await start();
    await started.useCases.images.submit(request());
    await started.useCases.images.submit(request());
    expect(asked).toBe(2);
    await index(started);
    const { lookUp: _, ...usual } = request();
    await started.useCases.images.submit(usual);
    expect(asked).toBe(3);
  });

  it('is looked up again if its layers were only claimed', async () => {
    const started = await start();
    const layers = built.layers.map(({ digest }) => ({ digest, url: 'https://files.example/x' }));
    await started.useCases.images.submit({ kind: 'layers', digest: built.manifestDigest, layers });
    await index(started);
    await started.useCases.images.submit(request());
    expect(asked).toBe(1);
  });
});

describe('credentials for one job', () => {
  it('are sealed with a key that is only in memory', async () => {
    const started = await start();
    await started.useCases.images.submit(request());
    const { credentials = '', forOneJob } = await originOf(started);
    expect(forOneJob).toBe(true);
    expect(() => started.dependencies.sealer.open(credentials)).toThrow('cannot be opened');
    expect(JSON.parse(memory.open(credentials))).toEqual({ username: 'robot', password: 'secret' });
  });

  it('are sealed as others where another service reads the layers', async () => {
    const started = await start({ memorySealer: undefined as never });
    await started.useCases.images.submit(request());
    const { credentials = '', forOneJob } = await originOf(started);
    expect(forOneJob).toBe(true);
    expect(started.dependencies.sealer.open(credentials)).toContain('robot');
  });

  it('are deleted when the image has failed, and their end with a process is said', async () => {
    const started = await start();
    await started.useCases.images.submit(request());
    // The workers of this installation have another key, as those of a process that started later.
    started.work();
    await until(
      'it has failed',
      async () => (await started.useCases.images.get(built.manifestDigest)).state === 'failed',
    );
    const { failure } = await started.useCases.images.get(built.manifestDigest);
    expect(failure).toMatchObject({ code: 'unauthorized', remedy: 'scan the image again' });
    expect(await originOf(started)).not.toHaveProperty('credentials');
  });
});
