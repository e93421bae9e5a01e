import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { assembleImage, compositionOf } from '@clarion/layer-indexing';
import { enabledDetectors, type FeedState, type FeedWriter, type LoggedChange, type Store } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { openMongoStore } from '@clarion/store-mongo';
import { startMongoServer } from '@clarion/test-kit';
import { MongoClient } from 'mongodb';
import { printTable } from './installations';
import { type Measured, measureCollections } from './mongo-documents';

const [directory = '', ...archives] = process.argv.slice(2);

/** Groups and records of each feed, and scores, that are written: the others are like them. */
const samples = 300;
const scores = 20_000;
const emptyLayers = 20;
const update = '0190163d-8694-739b-aea5-000000000002';
const at = '2026-01-02T00:00:00.000Z';

/** Number of what was written. */
interface Written {
  images: number;
  layers: number;
  packages: number;
  statements: number;
  records: number;
  scores: number;
  revisions: number;
}

/** Indexes an archive in the store of the command line; resolves to the digest of its manifest. */
function scan(archive: string): string {
  const program = join(process.cwd(), 'dist/apps/cli/main.js');
  const args = [program, 'packages', archive, '--db', directory, '--format', 'json', '--quiet'];
  const answer = (() => {
    try {
      return execFileSync(process.execPath, args, { maxBuffer: 2 ** 30, encoding: 'utf8' });
    } catch (error) {
      // What could not be read is an exit code too.
      return (error as { readonly stdout: string }).stdout;
    }
  })();
  return (JSON.parse(answer) as { readonly image: { readonly manifestDigest: string } }).image.manifestDigest;
}

async function copyImage(digest: string, [from, to]: readonly [Store, Store], written: Written): Promise<void> {
  const versions = await detectors();
  const stored = await from.image(digest);
  if (stored === undefined) throw new Error(`no image ${digest}`);
  const layers = await Promise.all(stored.layers.map((diffId) => from.layer(diffId, versions)));
  const known = layers.filter((layer) => layer !== undefined);
  for (const layer of known) await to.putLayer(layer);
  const effective = assembleImage(stored.image, known, versions);
  const composition = compositionOf(effective);
  await to.putComposition(composition, effective.features);
  const counts = { Critical: 1, High: 10, Medium: 20, Low: 20, Negligible: 10, Unknown: 1 };
  await to.putCounts(composition.id, counts);
  const reference = 'registry.example/team/application:1.0.0';
  const origin = { kind: 'registry', reference } as const;
  const submission = { id: update, state: 'indexed', origin, submittedAt: at, indexedAt: at } as const;
  const references = [reference];
  await to.changeImage(digest, () => ({ ...stored, references, submission, composition: composition.id }));
  written.images += 1;
  written.layers += known.length;
  written.packages += effective.features.length;
}

/** Writes layers in which no detector found anything, as most layers of applications are. */
async function putEmptyLayers(to: Store): Promise<void> {
  const none = { whiteouts: [], opaques: [], symlinks: [], hardlinks: [], files: [], obstacles: [] };
  const directories = Array.from({ length: 20 }, (_, n) => `srv/application/directory-${n}`);
  const found = { files: [], features: [], namespaces: [], problems: [] };
  const detections = (await detectors()).map(({ id, version }) => ({ detector: id, version, ...found }));
  for (let n = 0; n < emptyLayers; n += 1) {
    const digest = (of: string) => `sha256:${createHash('sha256').update(`${of} ${n}`).digest('hex')}`;
    const of = { diffId: digest('layer'), blobs: [digest('blob')], size: 2_000_000, entries: 330 };
    await to.putLayer({ ...of, structure: { ...none, directories }, detections, problems: [] });
  }
}

function detectors() {
  return localDetectorClient([...namespaceDetectors, ...enabledDetectors(featureDetectors)]).list();
}

/** Copies a part of a feed, and logs each record as changed. */
async function copyFeed(state: FeedState, [from, to]: readonly [Store, Store], written: Written): Promise<void> {
  const { feed } = state;
  const writer = await to.writeFeed(feed);
  const log = (change: object) => writer.putChange({ feed, update, ...change } as LoggedChange);
  const each = Math.max(1, Math.floor(state.groups / samples));
  let number = 0;
  for (const document of Object.keys(state.documents)) {
    for await (const group of from.groups(feed, document)) {
      number += 1;
      if (number % each !== 0) continue;
      await writer.put(group, 'x'.repeat(22));
      written.statements += group.advisories.length;
      const { advisories, ...where } = group;
      for (const id of new Set(advisories.map((one) => one.id))) {
        const list = advisories.filter((one) => one.id === id);
        await log({ ...where, vulnerability: id, before: list, after: list });
      }
    }
  }
  await copyTexts({ writer, log }, from.texts(feed), written);
  await writer.commit(state, { update, at });
  written.revisions += 1;
}

async function copyTexts(
  { writer, log }: { readonly writer: FeedWriter; readonly log: (change: object) => Promise<void> },
  texts: ReturnType<Store['texts']>,
  written: Written,
): Promise<void> {
  let [seen, some] = [0, 0];
  for await (const text of texts) {
    const { epss, id: vulnerability } = text;
    const isScore = epss !== undefined && text.description === undefined;
    if (isScore && some < scores) {
      some += 1;
      await writer.putText(text);
      // As the percentiles of the next day: some places up or down.
      const percentile = Number(((epss.percentile ?? 0) + ((some % 7) - 3) / 1e5).toFixed(5));
      await log({ vulnerability, silent: true, before: text, after: { ...text, epss: { ...epss, percentile } } });
      written.scores += 1;
    } else if (!isScore && (seen += 1) % 100 === 1 && seen < 100 * samples) {
      await writer.putText(text);
      await log({ vulnerability, before: text, after: text });
      written.records += 1;
    }
  }
}

/** Bytes of a unit: data, and entries of all indexes. */
interface UnitSize {
  readonly unit: string;
  readonly count: number;
  readonly data: number;
  readonly indexes: number;
}

interface Sizes {
  /** Of all that was written. */
  readonly all: ReadonlyMap<string, Measured>;
  /** When there were only layers without packages. */
  readonly empty: ReadonlyMap<string, Measured>;
}

function unitsOf({ all, empty }: Sizes, written: Written): readonly UnitSize[] {
  const less = ({ data, indexes }: Omit<Measured, 'documents' | 'largest'>, name: string) => ({
    data: data - (empty.get(name)?.data ?? 0),
    indexes: indexes - (empty.get(name)?.indexes ?? 0),
  });
  const measured = new Map([...all].map(([name, sizes]) => [name, less(sizes, name)]));
  const unit = (name: string, count: number, collections: readonly string[]): UnitSize => {
    const sum = (of: 'data' | 'indexes') =>
      collections.reduce((total, collection) => total + (measured.get(collection)?.[of] ?? 0), 0);
    return { unit: name, count, data: sum('data') / count, indexes: sum('indexes') / count };
  };
  const logged = all.get('changes')?.documents ?? 1;
  const layerCollections = ['layers', 'detections', 'blobs'];
  const sumOfEmpty = (of: 'data' | 'indexes') =>
    layerCollections.reduce((sum, name) => sum + (empty.get(name)?.[of] ?? 0), 0) / emptyLayers;
  return [
    unit('image', written.images, ['images']),
    unit('composition', written.images, ['compositions', 'features']),
    unit('layers with packages, of an image', written.images, layerCollections),
    { unit: 'layer without packages', count: emptyLayers, data: sumOfEmpty('data'), indexes: sumOfEmpty('indexes') },
    unit('statement', written.statements, ['advisories', 'mentions']),
    unit('record of a vulnerability', written.records, ['texts']),
    unit('score', written.scores, ['scores']),
    unit('logged change of advisories', logged, ['changes']),
    unit('logged change of a record', written.records, ['textChanges']),
    unit('logged change of a score', written.scores, ['scoreChanges']),
    unit('revision of a feed', written.revisions, ['feedRevisions']),
  ];
}

/** Ten images share a composition and the layers with its packages; two layers of an image are its own. */
const [compositionsEach, layersEach] = [0.1, 2];

function printImages(units: readonly UnitSize[]): void {
  const bytesOf = (name: string): readonly [number, number] => {
    const found = units.find(({ unit }) => unit === name);
    return [found?.data ?? 0, found?.indexes ?? 0];
  };
  const gigabytes = (images: number, of: 0 | 1): string => {
    const shared = bytesOf('composition')[of] + bytesOf('layers with packages, of an image')[of];
    const own = bytesOf('image')[of] + layersEach * bytesOf('layer without packages')[of];
    const each = own + compositionsEach * shared;
    return `${((each * images) / 1e9).toFixed(0)} GB`;
  };
  printTable([['images', 'data', 'indexes'], ...[1e6, 1e7].map((n) => [String(n), gigabytes(n, 0), gigabytes(n, 1)])]);
}

async function main(): Promise<void> {
  const digests = archives.map(scan);
  const server = await startMongoServer();
  const uri = server.freshUri();
  const [from, to] = [await openEmbeddedStore({ directory }), await openMongoStore({ uri })];
  const client = await new MongoClient(uri).connect();
  try {
    const written: Written = {
      ...{ images: 0, layers: 0, packages: 0 },
      ...{ statements: 0, records: 0, scores: 0, revisions: 0 },
    };
    await putEmptyLayers(to);
    const empty = await measureCollections(client.db());
    for (const digest of digests) await copyImage(digest, [from, to], written);
    for (const state of await from.feedStates()) await copyFeed(state, [from, to], written);
    const measured = await measureCollections(client.db());
    const units = unitsOf({ all: measured, empty }, written);
    console.log(`${written.images} images with ${written.packages} packages in ${written.layers} layers`);
    const rows = units.map(({ unit, count, data, indexes }) => [
      unit,
      String(count),
      data.toFixed(0),
      indexes.toFixed(0),
    ]);
    printTable([['unit', 'measured', 'bytes of data', 'of indexes'], ...rows]);
    printImages(units);
    const largest = [...measured.values()].reduce((most, { largest: one }) => Math.max(most, one), 0);
    console.log(`largest document: ${largest} bytes`);
  } finally {
    await client.db().dropDatabase();
    await client.close();
    await to.close();
    await from.close();
    await server.stop();
  }
}

void main();
