import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import {
  enabledDetectors,
  ClarionError,
  type ClarionEvent,
  type EventOf,
  type BusMessage,
  type SeverityCounts,
  type Store,
  type StoredImage,
  type Submission,
} from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, type BuiltImage, file, openBuiltImage, type OpenedBuiltImage } from '@clarion/test-kit';
import { keepDeadLetter } from './fail-image';
import { indexLayer, type IndexLayerDeps } from './index-layer';

const status = 'var/lib/dpkg/status';
const stanza = (name: string): string =>
  `Package: ${name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n`;
const release = file('etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
const detectors = localDetectorClient([...namespaceDetectors, ...enabledDetectors(featureDetectors)]);
const counts: SeverityCounts = { Critical: 0, High: 2, Medium: 0, Low: 1, Negligible: 0, Unknown: 0 };
const now = (): Date => new Date('2026-01-01T00:00:00Z');

let folder = '';
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'clarion-index-layer-'));
  store = await openEmbeddedStore({ directory: folder });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const twoLayers = (): BuiltImage =>
  buildImage({ layers: [[release, file(status, stanza('a'))], [file(status, stanza('a') + stanza('b'))]] });

async function submit(built: BuiltImage, more: Partial<Submission> = {}): Promise<OpenedBuiltImage> {
  const opened = openBuiltImage(built);
  const { image } = opened;
  const submission: Submission = {
    id: 's1',
    state: 'queued',
    origin: { kind: 'registry', reference: `registry.example/team/app@${built.manifestDigest}` },
    submittedAt: now().toISOString(),
    ...more,
  };
  const stored: StoredImage = {
    manifestDigest: built.manifestDigest,
    image,
    layers: [],
    usedAt: now().toISOString(),
    submission,
  };
  await store.changeImage(built.manifestDigest, () => stored);
  return opened;
}

const work = (built: BuiltImage, layer: number, submission = 's1'): EventOf<'work.layer'> => ({
  kind: 'work.layer',
  image: built.manifestDigest,
  submission,
  layer,
});

async function handle(
  item: EventOf<'work.layer'>,
  opened: OpenedBuiltImage,
  more: Partial<IndexLayerDeps> = {},
): Promise<readonly ClarionEvent[]> {
  const deps: IndexLayerDeps = {
    store,
    detectors,
    open: () => Promise.resolve(opened),
    count: () => Promise.resolve(counts),
    now,
    owner: 'spec',
    ...more,
  };
  const events: ClarionEvent[] = [];
  const context = { signal: new AbortController().signal, delivery: 1 };
  for await (const event of indexLayer(deps)(item, context)) events.push(event);
  return events;
}

const submissionOf = async (built: BuiltImage): Promise<Submission | undefined> =>
  (await store.image(built.manifestDigest))?.submission;

describe('work on the layers of an image', () => {
  it('reads each, and completes the image with the last one, whichever that is', async () => {
    const built = twoLayers();
    const opened = await submit(built);
    const image = built.manifestDigest;
    expect(await handle(work(built, 1), opened)).toEqual([
      { kind: 'layer.indexed', image, layer: built.layers[1]!.diffId, read: true },
    ]);
    expect((await submissionOf(built))?.state).toBe('indexing');
    expect(await handle(work(built, 0), opened)).toEqual([
      { kind: 'layer.indexed', image, layer: built.layers[0]!.diffId, read: true },
      { kind: 'image.indexed', image, submission: 's1' },
    ]);
    expect(await submissionOf(built)).toMatchObject({
      state: 'indexed',
      indexedAt: '2026-01-01T00:00:00.000Z',
      detectors: expect.stringContaining('dpkg@') as string,
    });
  });

  it('leaves a composition that is found by its packages, with its counts', async () => {
    const built = twoLayers();
    const opened = await submit(built);
    for (const layer of [0, 1]) await handle(work(built, layer), opened);
    const { composition = '', layers } = (await store.image(built.manifestDigest))!;
    expect(layers).toEqual(built.layers.map(({ diffId }) => diffId));
    expect((await store.composition(composition))?.namespaces.map(({ id }) => id)).toEqual(['debian:12']);
    expect((await store.counts([composition])).get(composition)).toEqual(counts);
    const found = [];
    for await (const { composition: one, pieces } of store.compositionsWithPackage('dpkg', 'b')) {
      for await (const features of pieces()) found.push({ id: one.id, features });
    }
    expect(found).toMatchObject([{ id: composition, features: [{ name: 'b', layer: built.layers[1]!.diffId }] }]);
  });

  it('opens no layer that is known', async () => {
    const [first, second] = [twoLayers(), twoLayers()];
    const opened = await submit(first);
    for (const layer of [0, 1]) await handle(work(first, layer), opened);
    const again = await submit(second, { id: 's2' });
    const events = await handle(work(second, 0, 's2'), again);
    expect(again.opened).toEqual([]);
    expect(events).toEqual([
      { kind: 'layer.indexed', image: second.manifestDigest, layer: second.layers[0]!.diffId, read: false },
      { kind: 'image.indexed', image: second.manifestDigest, submission: 's2' },
    ]);
  });

  it('is skipped when the image was submitted again, deleted or is indexed', async () => {
    const built = twoLayers();
    const opened = await submit(built, { state: 'indexed' });
    expect(await handle(work(built, 0), opened)).toEqual([]);
    expect(await handle(work(built, 0, 'older'), opened)).toEqual([]);
    await store.forgetImage(built.manifestDigest);
    expect(await handle(work(built, 0), opened)).toEqual([]);
    expect(opened.opened).toEqual([]);
  });

  it.each<Submission['origin']>([
    { kind: 'registry', reference: 'registry.example/team/app' },
    { kind: 'layer-urls', layers: [{ url: 'https://storage.example/0' }, { url: 'https://storage.example/1' }] },
  ])('rejects a layer that is not the known one that its submission claims: $kind', async (origin) => {
    const honest = twoLayers();
    const opened = await submit(honest);
    for (const layer of [0, 1]) await handle(work(honest, layer), opened);
    const lying = buildImage({
      layers: [[release], [file(status, stanza('vulnerable'))]],
      declare: { diffIds: { 1: honest.layers[1]!.diffId } },
    });
    const claimed = await submit(lying, { origin });
    const events = await handle(work(lying, 1), claimed);
    expect(claimed.opened).toEqual([1]);
    expect(events).toMatchObject([{ kind: 'image.failed', code: 'digest-mismatch' }]);
  });

  it('reads a layer once when two workers get it at the same time', async () => {
    const built = twoLayers();
    const opened = await submit(built);
    const both = await Promise.all([
      handle(work(built, 0), opened, { owner: 'one' }),
      handle(work(built, 0), opened, { owner: 'two' }),
    ]);
    expect(opened.opened).toEqual([0]);
    expect(both.flat().map((event) => 'read' in event && event.read)).toEqual(expect.arrayContaining([true, false]));
  });
});

describe('an image that cannot be indexed', () => {
  const missing = new ClarionError('not-found', 'The registry does not have the blob', { remedy: 'push it again' });
  const failing = { open: () => Promise.reject(missing) };

  it('fails, with the reason, and reports that', async () => {
    const built = twoLayers();
    const opened = await submit(built);
    expect(await handle(work(built, 0), opened, failing)).toEqual([
      {
        kind: 'image.failed',
        image: built.manifestDigest,
        submission: 's1',
        code: 'not-found',
        message: 'The registry does not have the blob',
      },
    ]);
    const failure = { code: 'not-found', message: 'The registry does not have the blob', remedy: 'push it again' };
    expect(await submissionOf(built)).toMatchObject({ state: 'failed', failure });
  });

  it('is indexed after all when its work is done again and succeeds', async () => {
    const built = twoLayers();
    const opened = await submit(built);
    await handle(work(built, 0), opened, failing);
    for (const layer of [0, 1]) await handle(work(built, layer), opened);
    const submission = await submissionOf(built);
    expect(submission?.state).toBe('indexed');
    expect(submission).not.toHaveProperty('failure');
  });

  it('has a layer with other bytes than it declares', async () => {
    const built = twoLayers();
    const opened = await submit(built);
    const other = openBuiltImage(buildImage({ layers: [[file('x', 'x')], [file('y', 'y')]] }));
    const events = await handle(work(built, 0), opened, { open: () => Promise.resolve(other) });
    expect(events).toMatchObject([{ kind: 'image.failed', code: 'digest-mismatch' }]);
    expect(await store.layer(built.layers[0]!.diffId, await detectors.list())).toBeUndefined();
  });

  it('has no such layer', async () => {
    const built = twoLayers();
    const opened = await submit(built);
    expect(await handle(work(built, 7), opened)).toMatchObject([{ kind: 'image.failed', code: 'not-found' }]);
  });

  it('is retried when the reason may be temporary', async () => {
    const built = twoLayers();
    const opened = await submit(built);
    const later = new ClarionError('upstream-unavailable', 'The registry is away');
    await expect(handle(work(built, 0), opened, { open: () => Promise.reject(later) })).rejects.toBe(later);
    expect((await submissionOf(built))?.state).toBe('indexing');
  });

  it.each([
    ['upstream-unavailable', 'upstream-unavailable'],
    ['process', 'internal'],
  ] as const)('fails when its work has become a dead letter: %s', async (code, expected) => {
    const built = twoLayers();
    await submit(built);
    const event = work(built, 0);
    const letter = { id: 'x', event, at: '', deliveries: 5, code, message: 'tried in vain' };
    const events: ClarionEvent[] = [];
    const publish = (messages: readonly BusMessage[]): Promise<void> => {
      events.push(...messages.map((message) => message.event));
      return Promise.resolve();
    };
    await keepDeadLetter(letter, { store, bus: { publish } });
    expect(await store.deadLetter('x')).toEqual(letter);
    expect(events).toMatchObject([{ kind: 'image.failed', code: expected, message: 'tried in vain' }]);
    expect(await submissionOf(built)).toMatchObject({ state: 'failed', failure: { code: expected } });
  });
});

describe('a layer that registries may not have', () => {
  const foreign = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
  const absent = new ClarionError('not-found', 'The registry does not have the blob');

  it('is a gap in the image and does not fail it', async () => {
    const built = twoLayers();
    const opened = openBuiltImage(built);
    const layers = opened.image.layers.map((layer, n) => (n === 1 ? { ...layer, mediaType: foreign } : layer));
    await submit(built);
    await store.changeImage(built.manifestDigest, (known) => known && { ...known, image: { ...known.image, layers } });
    await handle(work(built, 0), opened);
    const events = await handle(work(built, 1), opened, { open: () => Promise.reject(absent) });
    expect(events).toEqual([{ kind: 'image.indexed', image: built.manifestDigest, submission: 's1' }]);
    expect(await submissionOf(built)).toMatchObject({ state: 'indexed', absent: [1] });
  });
});
