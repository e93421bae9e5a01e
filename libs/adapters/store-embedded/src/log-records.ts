import type { StoreEnvironment } from './environment';
import type { HistoryTally } from './history-counts';
import { changeKinds, indexKeysOf, pendingKeyOf } from './logged-change';

// Everything here runs inside of a write transaction.

/** Puts a change with its keys in the indexes, or removes them where there is no value. */
export function writeLogged(
  env: StoreEnvironment,
  key: string,
  { value, tally }: { readonly value: Buffer | undefined; readonly tally: HistoryTally },
): void {
  if (value === undefined) {
    removeLogged(env, key, tally);
    return;
  }
  removeFromLog(env, key, tally);
  const { db, lmdb } = env;
  db.putSync(key, lmdb.asBinary(value));
  for (const index of indexKeysOf(key)) db.putSync(index, true);
  tally.add(1, sizeOfLogged(key, value.length));
}

/** Removes a change from the log; one that is not published yet stays for that. */
export function removeLogged(env: StoreEnvironment, key: string, tally: HistoryTally): void {
  removeFromLog(env, key, tally);
  if (!key.startsWith(`${changeKinds[0]}\t`) || !env.db.doesExist(pendingKeyOf(key))) env.db.removeSync(key);
}

/** What is not in the indexes is not counted any more, or was written when there were none. */
function removeFromLog(env: StoreEnvironment, key: string, tally: HistoryTally): void {
  const { db } = env;
  const all = indexKeysOf(key);
  if (!all.some((index) => db.doesExist(index))) return;
  for (const index of all) db.removeSync(index);
  tally.add(-1, -sizeOfLogged(key, db.getBinary(key)?.length ?? 0));
}

function sizeOfLogged(key: string, bytes: number): number {
  return indexKeysOf(key).reduce((sum, index) => sum + index.length + 1, key.length + bytes);
}
