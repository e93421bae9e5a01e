import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codings, encode } from '@clarion/content-codings';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { feedSources } from '@clarion/feed-sources';
import { allLayers, assembleImage } from '@clarion/layer-indexing';
import { decideAll, type DecidedPackage, type MatchFacts, scopedFacts } from '@clarion/matching';
import {
  type AdvisoryGroup,
  enabledDetectors,
  type Store,
  type StoredImage,
  type Submission,
  type Vulnerability,
} from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { reportFormats } from '@clarion/report-formats';
import { matchPackages, reportOf } from '@clarion/reporting';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { printTable } from './installations';
import { fillStore } from './scale-facts';

const rounds = 100;
const rows: string[][] = [['part', 'CPU', 'bytes']];

/** Median of the CPU milliseconds that this process takes for it. */
async function cost<T>(name: string, act: () => Promise<T> | T, bytesOf?: (result: T) => number): Promise<T> {
  const times: number[] = [];
  let last = await act();
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    last = await act();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  rows.push([name, `${(times[rounds >> 1] ?? 0).toFixed(2)} ms`, String(bytesOf?.(last) ?? '')]);
  return last;
}

async function measure(store: Store, image: StoredImage & { readonly submission: Submission }): Promise<void> {
  const client = localDetectorClient([...namespaceDetectors, ...enabledDetectors(featureDetectors)]);
  const detectors = await client.list();
  const options = {
    feeds: feedSources,
    now: new Date('2026-01-01T00:00:00.000Z'),
    maxFeedAgeMinutes: 10_000,
    clarionVersion: 'bench',
  };
  await cost('record of the image', () => store.image(image.manifestDigest));
  await cost('states of feeds', () => store.feedStates());
  const layers = await cost('facts of its layers', () => allLayers(image, { store, detectors }));
  const composed = await cost('composing it', () => assembleImage(image.image, layers ?? [], detectors));
  const facts = scopedFacts(store, feedSources);
  await cost('looking up and deciding', () => decideAll(composed, facts, options));
  const matched = await cost('the same, and describing findings', () => matchPackages(composed, store, options));
  const kept = await keptFacts(store);
  const decisions = new Map<string, DecidedPackage>();
  await cost('the same, of what is kept over an update', () =>
    matchPackages(composed, kept, { ...options, decisions }),
  );
  const report = await cost('the rest of the report', () => reportOf(composed, matched, options));
  const json = reportFormats.find(({ id }) => id === 'json');
  const style = { colour: false, width: undefined, listPackages: false };
  const text = await cost(
    'rendering as JSON',
    async () => Buffer.from([...((await json?.report?.(report, style)) ?? [])].join('')),
    ({ length }) => length,
  );
  for (const coding of codings)
    await cost(
      `compressing: ${coding}`,
      () => encode(text, coding),
      ({ length }) => length,
    );
}

/** Facts that stay in memory, as a service keeps them. */
async function keptFacts(store: Store): Promise<MatchFacts> {
  const groups = new Map<string, Promise<readonly AdvisoryGroup[]>>();
  const records = new Map<string, Promise<readonly Vulnerability[]>>();
  const states = await store.feedStates();
  const kept = <T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> => {
    const found = known.get(key) ?? read();
    known.set(key, found);
    return found;
  };
  return {
    feedStates: () => Promise.resolve(states),
    advisories: async (names) =>
      (await Promise.all(names.map((name) => kept(groups, name.join(), () => store.advisories([name]))))).flat(),
    vulnerabilities: async (ids) =>
      (await Promise.all(ids.map((id) => kept(records, id, () => store.vulnerabilities([id]))))).flat(),
    packageNames: (namespace) => store.packageNames(namespace),
    repositories: (names) => store.repositories(names),
  };
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'clarion-report-cost-'));
  const store = await openEmbeddedStore({ directory });
  try {
    const scale = { images: 200, layers: 40, registry: 'registry.example' };
    const [digest = 'sha256:'] = await fillStore(store, scale, () => undefined);
    const image = await store.image(digest);
    if (image?.submission === undefined) throw new Error('The image is not there');
    await measure(store, { ...image, submission: image.submission });
    printTable(rows);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

void main();
