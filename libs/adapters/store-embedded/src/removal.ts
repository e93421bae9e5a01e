import { type StoreEnvironment, read, write } from './environment';
import { after } from './keys';
import { untilFree } from './long-commits';

/** Records that are read in one snapshot, and at most removed in one transaction. */
const batchSize = 500;

/** What to remove of a range. */
export interface RangeRemoval {
  /** Whether to remove a record; evaluated in a snapshot, and again before the removal. Default: all. */
  readonly matches?: (value: unknown) => boolean;
  /** Called at the start of each write transaction. */
  readonly begin?: () => void;
  /**
   * Removes one record, with its dependent records; false if it stays. Called inside a write transaction, with the
   * current record.
   */
  readonly remove: (key: string, value: unknown) => unknown;
}

/**
 * Walks a range and removes records from it, a few per transaction, so that other writers do not wait long. Resolves to
 * the number of removed records.
 */
export async function removeInBatches(
  env: StoreEnvironment,
  { start, end }: { readonly start: string; readonly end: string },
  { matches = () => true, begin, remove }: RangeRemoval,
): Promise<number> {
  const { db } = env;
  let removed = 0;
  for (let from = start; ;) {
    const bounds = { start: from, end, limit: batchSize };
    const rows = read(env, (transaction) =>
      Array.from(db.getRange({ ...bounds, transaction }), ({ key, value }) => ({ key, matched: matches(value) })),
    );
    if (rows.some(({ matched }) => matched)) {
      await untilFree(env);
      removed += write(env, () => {
        begin?.();
        return rows.filter(({ key, matched }) => {
          const value = matched ? db.get(key) : undefined;
          return value !== undefined && matches(value) && remove(key, value) !== false;
        }).length;
      });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchSize) return removed;
    from = after(last.key);
    await new Promise(setImmediate);
  }
}
