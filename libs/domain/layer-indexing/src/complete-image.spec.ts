import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { type CompositionCounts, enabledDetectors, type Store } from '@clarion/model';
import { featureDetectors } from '@clarion/feature-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, file, openBuiltImage } from '@clarion/test-kit';
import { indexLayer } from './index-layer';

const now = (): Date => new Date('2026-01-01T00:00:00Z');
const built = buildImage({ layers: [[file('etc/os-release', 'ID=debian\nVERSION_ID="12"\n')]] });
const high = (number: number): CompositionCounts => ({
  ...{ Critical: 0, High: number, Medium: 0, Low: 0, Negligible: 0, Unknown: 0 },
});

let folder = '';
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'clarion-complete-'));
  store = await openEmbeddedStore({ directory: folder });
  const { manifestDigest } = built;
  await store.changeImage(manifestDigest, () => ({
    ...{ manifestDigest, image: openBuiltImage(built).image, layers: [], usedAt: now().toISOString() },
    submission: {
      id: 's',
      state: 'queued',
      origin: { kind: 'registry', reference: 'registry.example/app' },
      submittedAt: '',
    },
  }));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** A feed's update commits facts. */
async function update(second: number): Promise<void> {
  const writer = await store.writeFeed('feed');
  const empty = { parserVersion: 1, documents: {}, groups: 0, statements: 0, problems: 0, problemSamples: [] };
  await writer.commit({ feed: 'feed', ...empty, lastChange: new Date(second * 1000).toISOString() });
}

it.each([
  { title: 'facts that stay are counted once', during: () => Promise.resolve(), counted: [1] },
  { title: 'facts that change after they were counted are counted again', during: () => update(1), counted: [1, 2] },
])('$title', async ({ during, counted }) => {
  const calls: number[] = [];
  const count = async (): Promise<CompositionCounts> => {
    calls.push(calls.length + 1);
    if (calls.length === 1) await during();
    return high(calls.length);
  };
  const detectors = localDetectorClient(enabledDetectors(featureDetectors));
  const open = () => Promise.resolve(openBuiltImage(built));
  const work = { kind: 'work.layer', image: built.manifestDigest, submission: 's', layer: 0 } as const;
  const context = { signal: new AbortController().signal, delivery: 1 };
  const events = [];
  for await (const event of indexLayer({ store, detectors, open, count, now, owner: 'spec' })(work, context))
    events.push(event.kind);
  expect(events.at(-1)).toBe('image.indexed');
  const { composition = '' } = (await store.image(built.manifestDigest)) ?? {};
  const [latest] = (await store.counts([composition])).values();
  expect([calls, latest]).toEqual([counted, high(counted.length)]);
});
