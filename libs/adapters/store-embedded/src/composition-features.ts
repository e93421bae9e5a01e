import { storedLength, type CompositionWithPackage, type IndexedPackageType, type PlacedFeature } from '@clarion/model';
import type { Transaction } from 'lmdb';

import { compositionOf } from './composition-records';
import { encode, type StoreEnvironment, explain, read, settle, unpack } from './environment';
import { byName, featureOf, featureRow, type FeatureRow } from './feature-rows';
import { behind, keysBelow, lastPart, recordKey } from './keys';

/**
 * Features of compositions are kept twice, all of them and by each name, in pieces: an image may have 100,000, all of one
 * source, and a server must not decode them in one go. The first piece has the key of the whole, further
 * ones are below it.
 */
export const featuresOfPiece = 1000;
/** A hostile package has thousands of characters. */
const charactersOfPiece = 256 * 1024;

/** Number of compositions that are read in one snapshot. */
const rowsAtOnce = 100;

/** A feature in the list of all of a composition. */
type FeatureRecord = readonly [type: PlacedFeature['type'], row: FeatureRow];

interface Name {
  readonly type: IndexedPackageType;
  readonly name: string;
}

/** Keeps the features of a composition, in place of all that were kept. Inside of a write transaction. */
export function putFeatures(env: StoreEnvironment, id: string, features: readonly PlacedFeature[]): void {
  const all = cut(features, (feature): FeatureRecord => [feature.type, featureRow(feature)]);
  putPieces(env, recordKey('composition-features', id), all);
  for (const { type, name, features: found } of byName(features)) {
    const ofName = cut(found, (feature) => featureRow(feature, name));
    putPieces(env, recordKey('holder', type, name, id), ofName);
  }
}

function putPieces(env: StoreEnvironment, key: string, pieces: Iterable<readonly unknown[]>): void {
  let number = 0;
  for (const piece of pieces) {
    env.db.putSync(pieceKey(key, number), env.lmdb.asBinary(encode(env, piece)));
    number += 1;
  }
}

/** Rows in pieces; at least one piece, which records that a composition has no features. */
function* cut<T>(features: readonly PlacedFeature[], rowOf: (feature: PlacedFeature) => T): Generator<readonly T[]> {
  let piece: T[] = [];
  let characters = 0;
  for (const feature of features) {
    const length = storedLength(feature);
    const isFull = piece.length >= featuresOfPiece || characters + length > charactersOfPiece;
    if (isFull && piece.length > 0) {
      yield piece;
      [piece, characters] = [[], 0];
    }
    piece.push(rowOf(feature));
    characters += length;
  }
  yield piece;
}

function pieceKey(key: string, number: number): string {
  return number === 0 ? key : `${key}\t${String(number).padStart(6, '0')}`;
}

/** Removes them. Inside a write transaction. */
export function removeFeatures(env: StoreEnvironment, id: string): void {
  for (const piece of storedPieces(env, id)) {
    for (const { type, name } of byName(piece)) removePieces(env, recordKey('holder', type, name, id));
  }
  removePieces(env, recordKey('composition-features', id));
}

function removePieces({ db }: StoreEnvironment, key: string): void {
  for (let number = 0; db.doesExist(pieceKey(key, number)); number += 1) db.removeSync(pieceKey(key, number));
}

/** All features of a composition, piece by piece. Inside of a write transaction. */
export function* storedPieces(env: StoreEnvironment, id: string): Generator<readonly PlacedFeature[]> {
  for (let number = 0; ; number += 1) {
    const piece = pieceAt(env, pieceKey(recordKey('composition-features', id), number));
    if (piece === undefined) return;
    yield piece;
  }
}

function pieceAt(env: StoreEnvironment, key: string, transaction?: Transaction): readonly PlacedFeature[] | undefined {
  const records = unpack(env, env.db.get(key, transaction && { transaction })) as readonly FeatureRecord[] | undefined;
  return records?.map(([type, row]) => featureOf(row, { type, name: '' }));
}

/** All features of a composition; undefined for an unknown or removed one. */
export async function compositionFeatures(
  env: StoreEnvironment,
  id: string,
): Promise<readonly PlacedFeature[] | undefined> {
  const key = recordKey('composition-features', id);
  const piece = (number: number) =>
    settle(() => read(env, (transaction) => pieceAt(env, pieceKey(key, number), transaction)));
  const first = await piece(0);
  if (first === undefined) return undefined;
  const features = [...first];
  for (let number = 1; ; number += 1) {
    const next = await piece(number);
    if (next !== undefined) features.push(...next);
    else if (number === 1) return first;
    // If it was removed in the meantime, they may be incomplete.
    else return (await piece(0)) === undefined ? undefined : features;
  }
}

/** Snapshots for some compositions at a time: readers may take long, and an old snapshot keeps space from reuse. */
export async function* compositionsWithPackage(
  env: StoreEnvironment,
  name: Name,
  after: string | undefined,
): AsyncGenerator<CompositionWithPackage> {
  const bounds = keysBelow('holder', name.type, name.name);
  let start: string | undefined =
    after === undefined ? bounds.start : behind(recordKey('holder', name.type, name.name, after));
  while (start !== undefined) {
    const { rows, next } = nextRows(env, { ...bounds, start });
    for (const row of rows) {
      const { composition } = row;
      if (composition === undefined) continue;
      yield await Promise.resolve({ composition, pieces: () => piecesOf(env, row, name) });
    }
    start = next;
  }
}

interface CompositionRow {
  readonly key: string;
  readonly row: unknown;
  readonly composition: CompositionWithPackage['composition'] | undefined;
  /** Whether there are further pieces. */
  more: boolean;
}

async function* piecesOf(
  env: StoreEnvironment,
  { key, row, more }: CompositionRow,
  name: Name,
): AsyncGenerator<readonly PlacedFeature[]> {
  const decoded = (stored: unknown) =>
    (unpack(env, stored) as readonly FeatureRow[] | undefined)?.map((columns) => featureOf(columns, name));
  yield (await settle(() => decoded(row))) ?? [];
  for (let number = 1; more; number += 1) {
    const piece = await settle(() =>
      decoded(read(env, (transaction) => env.db.get(pieceKey(key, number), { transaction }))),
    );
    if (piece === undefined) return;
    yield piece;
  }
}

/** First pieces, and where to continue: after the last one with all of its pieces. */
function nextRows(
  env: StoreEnvironment,
  bounds: { readonly start: string; readonly end: string },
): { readonly rows: readonly CompositionRow[]; readonly next: string | undefined } {
  try {
    return read(env, (transaction) => {
      const rows: CompositionRow[] = [];
      for (const { key, value } of env.db.getRange({ ...bounds, transaction })) {
        const last = rows.at(-1);
        if (last !== undefined && key.startsWith(`${last.key}\t`)) last.more = true;
        if (last !== undefined && (last.more || rows.length === rowsAtOnce)) return { rows, next: behind(last.key) };
        rows.push({ key, row: value, composition: compositionOf(env, lastPart(key), transaction), more: false });
      }
      return { rows, next: undefined };
    });
  } catch (error) {
    throw explain(env, error);
  }
}
