import {
  ClarionError,
  severities,
  type ImageComposition,
  type CompositionCounts,
  type CompositionStore,
  type PlacedFeature,
  type Severity,
} from '@clarion/model';
import { checkLimit, dayOf } from '@clarion/store-rules';

import { compositionFeatures, compositionsWithPackage, putFeatures, removeFeatures } from './composition-features';
import { compositionOf } from './composition-records';
import { removeDeadlineCheck } from './deadline-store';
import { encode, type StoreEnvironment, read, settle } from './environment';
import { behind, keyPart, keysBelow, lastPart, recordKey } from './keys';
import { firstPage, type PageItem } from './pages';
import type { WriteBatches } from './write-batches';

/** Compositions, the index of their packages by name, and counts by severity. */
export function compositionStore(env: StoreEnvironment, batched: WriteBatches): CompositionStore {
  const { db } = env;
  return {
    putComposition: async (composition, features) => {
      const { id } = composition;
      if (keyPart(id) !== id) {
        throw new ClarionError('invalid-input', `not the id of a composition: ${id.slice(0, 100)}`);
      }
      const today = dayOf(env.now());
      if (read(env, (transaction) => db.get(usedKey(id), { transaction })) === today) return;
      const write = (): void => {
        putComposition(env, composition, features);
      };
      await batched(() => ({ write, result: undefined }));
    },
    composition: (id) => settle(() => read(env, (transaction) => compositionOf(env, id, transaction))),
    compositionFeatures: (id) => compositionFeatures(env, id),
    putCounts: (id, counts) =>
      batched(() => ({
        write: () => {
          putCounts(env, id, counts);
        },
        result: undefined,
      })),
    counts: (ids) =>
      settle(() =>
        read(env, (transaction) => {
          const rows = ids.map((id) => [id, db.get(recordKey('counts', id), { transaction })] as const);
          return new Map(rows.flatMap(([id, row]) => (row === undefined ? [] : [[id, countsOf(row)]])));
        }),
      ),
    compositionsWith: (severity, { after, limit }) =>
      settle(() => {
        checkLimit({ limit });
        return read(env, (transaction) => {
          const bounds = keysBelow('severity', severity);
          const start = after === undefined ? bounds.start : behind(recordKey('severity', severity, after));
          const keys = db.getKeys({ ...bounds, start, transaction });
          return firstPage(keys.map(placedId), { limit });
        });
      }),
    compositionsWithPackage: (type, name, after) => compositionsWithPackage(env, { type, name }, after),
  };
}

function placedId(key: string): PageItem<string> {
  const id = lastPart(key);
  return [id, id];
}

/** The day a composition was last put: a new one may belong to an image that is about to be finished. */
function usedKey(id: string): string {
  return recordKey('composition-used', id);
}

/** Inside of a write transaction. */
function putComposition(
  env: StoreEnvironment,
  composition: ImageComposition,
  features: readonly PlacedFeature[],
): void {
  const { db } = env;
  const { id } = composition;
  const isKnown = db.doesExist(usedKey(id));
  db.putSync(usedKey(id), dayOf(env.now()));
  if (isKnown) return;
  db.putSync(recordKey('composition', id), env.lmdb.asBinary(encode(env, composition)));
  putFeatures(env, id, features);
}

/** Removes a composition with all of its index rows. Inside a write transaction. */
export function removeComposition(env: StoreEnvironment, id: string): void {
  const { db } = env;
  removeFeatures(env, id);
  for (const severity of severities) db.removeSync(recordKey('severity', severity, id));
  for (const kind of ['composition', 'counts'] as const) db.removeSync(recordKey(kind, id));
  removeDeadlineCheck(env, id);
  db.removeSync(usedKey(id));
}

function putCounts(env: StoreEnvironment, id: string, counts: CompositionCounts | null): void {
  const { db } = env;
  // Counts of a removed composition would never be removed.
  if (!db.doesExist(usedKey(id))) return;
  const row = counts === null ? [] : rowOf(counts);
  const before = db.get(recordKey('counts', id)) as CountsRow | undefined;
  db.putSync(recordKey('counts', id), row);
  for (const [index, severity] of severities.entries()) {
    const had = before !== undefined && isPresent(before, index);
    const has = isPresent(row, index);
    const key = recordKey('severity', severity, id);
    if (has && !had) db.putSync(key, true);
    if (had && !has) db.removeSync(key);
  }
}

/** The counts in the order of `severities`, then other counts. Empty if there was too much to count. */
type CountsRow = readonly (number | Omit<CompositionCounts, Severity>)[];

function rowOf(counts: CompositionCounts): CountsRow {
  const numbers = severities.map((severity) => counts[severity]);
  const more = Object.fromEntries(Object.entries(counts).filter(([name]) => !isSeverity(name)));
  return Object.keys(more).length === 0 ? numbers : [...numbers, more];
}

function isSeverity(name: string): boolean {
  return severities.some((severity) => severity === name);
}

/** An empty row may contain any severity. */
function isPresent(row: CountsRow, index: number): boolean {
  return row.length === 0 || numberAt(row, index) > 0;
}

function numberAt(row: CountsRow, index: number): number {
  const value = row[index];
  return typeof value === 'number' ? value : 0;
}

function countsOf(stored: unknown): CompositionCounts | null {
  const row = stored as CountsRow;
  if (row.length === 0) return null;
  const counts = Object.fromEntries(severities.map((severity, index) => [severity, numberAt(row, index)]));
  const more = row[severities.length];
  return { ...(counts as Record<Severity, number>), ...(typeof more === 'object' && more) };
}
