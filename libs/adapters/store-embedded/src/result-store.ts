import { mostResultBytes, type ResultsSize, type ResultStore } from '@clarion/model';
import { dayOf, digestOfResult, isResult } from '@clarion/store-rules';

import { type StoreEnvironment, read, settle, write } from './environment';
import { keysBelow, recordKey } from './keys';
import { othersCommit } from './long-commits';
import { removeInBatches } from './removal';

/** A result, by its name. */
interface Stored {
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
  /** The key of its row in the order. */
  readonly row: string;
}

/** In the order in which they were put: what a result takes, and its key. */
interface Row {
  readonly key: string;
  readonly bytes: number;
  /** Day since 1970. */
  readonly day: number;
}

/** What all rows take, and the number of the next one. */
type Total = ResultsSize & { readonly next: number };

const totalKey = recordKey('meta', 'results');
const noResults: Total = { results: 0, bytes: 0, next: 0 };
/** About what a result takes beside its bytes: its keys, its row, and half a page. */
const ofRecord = 4096;

/** Results in the order in which they were put. */
export function resultStore(env: StoreEnvironment): ResultStore {
  const { db } = env;
  return {
    result: (name) =>
      settle(() => {
        const key = recordKey('result', name);
        const stored = storedOf(env, key);
        if (stored === undefined || isResult(name, stored?.bytes, stored?.digest)) return stored?.bytes;
        // Its row is removed in its turn.
        whereFree(env, () => db.removeSync(key));
        return undefined;
      }),
    putResult: (name, bytes) =>
      settle(() => {
        const taken = bytes.length + ofRecord;
        if (bytes.length > mostResultBytes || taken > env.resultBytes) return;
        const key = recordKey('result', name);
        const digest = digestOfResult(name, bytes);
        if (read(env, (transaction) => db.doesExist(key, undefined, { transaction }))) return;
        whereFree(env, () => {
          put(env, { key, bytes: taken, day: dayOf(env.now()) }, { bytes, digest });
        });
      }),
    resultsSize: () =>
      settle(() => {
        const { results, bytes } = read(env, () => totalOf(env));
        return { results, bytes };
      }),
  };
}

/** Undefined without a result, null for one that cannot be read. The bytes are a copy. */
function storedOf(env: StoreEnvironment, key: string): Partial<Stored> | null | undefined {
  return read(env, (transaction) => {
    let stored;
    try {
      stored = env.db.get(key, { transaction });
    } catch {
      return null;
    }
    if (stored === undefined) return undefined;
    if (typeof stored !== 'object' || stored === null) return null;
    const { bytes } = stored as Partial<Stored>;
    return bytes instanceof Uint8Array ? { ...stored, bytes: Buffer.from(bytes) } : null;
  });
}

/** No result is worth waiting for a long commit of another process. */
function whereFree(env: StoreEnvironment, action: () => void): void {
  if (!env.readOnly && !othersCommit(env)) write(env, action);
}

function totalOf({ db }: StoreEnvironment): Total {
  return (db.get(totalKey) as Total | undefined) ?? noResults;
}

function put(env: StoreEnvironment, row: Row, result: Omit<Stored, 'row'>): void {
  const { db } = env;
  if (db.doesExist(row.key)) return;
  const { next, results, bytes } = totalOf(env);
  let total = { results: results + 1, bytes: bytes + row.bytes, next: next + 1 };
  const rowKey = recordKey('result-order', String(next).padStart(16, '0'));
  if (total.bytes > env.resultBytes) {
    for (const { key, value } of db.getRange(keysBelow('result-order'))) {
      total = removed(env, key, { row: value as Row, total });
      if (total.bytes <= env.resultBytes) break;
    }
  }
  db.putSync(rowKey, row);
  db.putSync(row.key, { ...result, row: rowKey } satisfies Stored);
  db.putSync(totalKey, total);
}

/** Removes a row, and its result unless that was put again since. Returns what then remains. */
function removed({ db }: StoreEnvironment, rowKey: string, of: { readonly row: Row; readonly total: Total }): Total {
  const { row, total } = of;
  if (resultIsOf(db, row.key, rowKey)) db.removeSync(row.key);
  db.removeSync(rowKey);
  return { ...total, results: total.results - 1, bytes: total.bytes - row.bytes };
}

function resultIsOf(db: StoreEnvironment['db'], key: string, rowKey: string): boolean {
  try {
    return (db.get(key) as Partial<Stored> | undefined)?.row === rowKey;
  } catch {
    // What cannot be read goes, too.
    return true;
  }
}

/** Removes those put before a day. */
export async function pruneResults(env: StoreEnvironment, firstKeptDay: number): Promise<void> {
  await removeInBatches(env, keysBelow('result-order'), {
    matches: (value) => (value as Row).day < firstKeptDay,
    remove: (key, value) => {
      env.db.putSync(totalKey, removed(env, key, { row: value as Row, total: totalOf(env) }));
    },
  });
}
