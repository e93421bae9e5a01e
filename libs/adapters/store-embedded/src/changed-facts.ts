import type { ChangedFacts } from '@clarion/model';
import { changedFacts, type ChangedName } from '@clarion/store-rules';
import type { Transaction } from 'lmdb';

import { read, type StoreEnvironment, unpack } from './environment';
import { keyPart, keysBelow, readableParts } from './keys';
import { changeKinds, feedPartOf, toChange } from './logged-change';

type Update = readonly [feed: string, update: string];

/** `HistoryStore.changedFacts`, from the keys of the changes. */
export function changedFactsOf(
  env: StoreEnvironment,
  updates: readonly Update[],
  limit: number,
): ChangedFacts | undefined {
  return read(env, (transaction) => {
    const changes: ChangedName[] = [];
    for (const update of updates) {
      for (const key of changeKeys(env, transaction, update)) {
        if (changes.length === limit) return undefined;
        changes.push(nameOf(env, transaction, key));
      }
    }
    return changedFacts(
      changes,
      updates.some((update) => hasScores(env, transaction, update)),
    );
  });
}

function* changeKeys(env: StoreEnvironment, transaction: Transaction, [feed, update]: Update): Generator<string> {
  for (const kind of changeKinds) {
    for (const key of env.db.getKeys({ ...keysBelow(kind, update), transaction })) {
      if (feedPartOf(key) === keyPart(feed)) yield key;
    }
  }
}

function nameOf(env: StoreEnvironment, transaction: Transaction, key: string): ChangedName {
  return readableParts(key) === undefined
    ? toChange(key, unpack(env, env.db.get(key, { transaction })))
    : toChange(key, undefined);
}

/** Whether there are changes of scores that are kept by page. */
function hasScores(env: StoreEnvironment, transaction: Transaction, [feed, update]: Update): boolean {
  const range = { ...keysBelow('changed-scores', update, feed), limit: 1, transaction };
  for (const _ of env.db.getKeys(range)) return true;
  return false;
}
