import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { ImageComposition, PlacedFeature } from '@clarion/model';
import { OpenUpdates } from '@clarion/store-rules';
import * as lmdb from 'lmdb';

import { encode, type StoreEnvironment } from '../environment';
import { byName, featureRow } from '../feature-rows';
import { keysBelow, recordKey } from '../keys';
import { openEmbeddedStore } from '../open-embedded-store';
import { migrations } from '.';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-pieces-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const featureOf = (number: number): PlacedFeature => ({
  type: 'dpkg',
  name: `lib${number}`,
  version: '1',
  path: 'var/lib/dpkg/status',
  namespace: 'debian:12',
  layer: `sha256:${'0'.repeat(64)}`,
  source: { name: 'big', version: '1' },
});

function rawStore(): StoreEnvironment {
  const file = path.join(directory, 'facts.mdb');
  const db = lmdb.open<unknown, string>({ path: file, noSubdir: true, encoding: 'msgpack', overlappingSync: false });
  const rest = { readOnly: false, mentions: false, mapSizeLimit: undefined, resultBytes: 0, now: () => new Date() };
  return { directory, file, db, lmdb, ...rest, openUpdates: new OpenUpdates() };
}

/** Format 4: one record for all features of a composition, and one for those of each name. */
function putAsBefore(
  env: StoreEnvironment,
  { packages = 0, ...composition }: ImageComposition,
  features: readonly PlacedFeature[],
): void {
  const { id } = composition;
  const put = (key: string, value: unknown): void => {
    env.db.putSync(key, lmdb.asBinary(encode(env, value)));
  };
  // The oldest ones do not contain the number.
  put(recordKey('composition', id), packages % 2 === 0 ? { ...composition, packages } : composition);
  env.db.putSync(recordKey('composition-used', id), 20_000);
  put(
    recordKey('composition-features', id),
    features.map((feature) => [feature.type, featureRow(feature)]),
  );
  for (const { type, name, features: found } of byName(features)) {
    put(
      recordKey('holder', type, name, id),
      found.map((feature) => featureRow(feature, name)),
    );
  }
}

it.each([1, 1000, 1001, 3456, 3457])(
  'a store with a composition of %i packages is brought up to date',
  async (count) => {
    await (await openEmbeddedStore({ directory })).close();
    const features = Array.from({ length: count }, (_, number) => featureOf(number));
    const composition = { id: 'c'.repeat(64), namespaces: [], channels: [], evidence: [], packages: count };
    const small = { ...composition, id: 'd'.repeat(64), packages: 1 };
    const before = rawStore();
    before.db.transactionSync(() => {
      putAsBefore(before, composition, features);
      putAsBefore(before, small, [featureOf(0)]);
      before.db.putSync(recordKey('meta', 'format'), 4);
    });
    await before.db.close();

    const store = await openEmbeddedStore({ directory });
    const piecesById = new Map<string, (readonly PlacedFeature[])[]>();
    for await (const { composition: one, pieces } of store.compositionsWithPackage('dpkg', 'big')) {
      const all: (readonly PlacedFeature[])[] = [];
      for await (const piece of pieces()) all.push(piece);
      piecesById.set(one.id, all);
    }
    expect([...piecesById.keys()]).toEqual([composition.id, small.id]);
    const pieces = piecesById.get(composition.id) ?? [];
    expect(pieces).toHaveLength(Math.ceil(count / 1000));
    expect(pieces.flat()).toStrictEqual(features);
    expect(await store.compositionFeatures(composition.id)).toStrictEqual(features);
    await store.prune({ before: '2999-01-01T00:00:00Z', keepFeeds: [] });
    await store.close();

    const after = rawStore();
    expect(after.db.get(recordKey('meta', 'format'))).toBe(migrations.at(-1)?.to);
    const left = (['holder', 'composition-features', 'composition'] as const).flatMap((kind) =>
      Array.from(after.db.getKeys(keysBelow(kind))),
    );
    expect(left).toEqual([]);
    await after.db.close();
  },
);
