import type { ChangedVulnerability, ChangeStore, FactChange } from '@clarion/model';

import { type StoreEnvironment, read, settle, unpack, write } from './environment';
import { forgetHistory } from './forget-history';
import { after, keysBelow } from './keys';
import { pendingKey, toChange } from './logged-change';
import { settleWrite } from './long-commits';

/** Changes that are read in one snapshot. */
const batchSize = 500;

/** What updates changed, by update and vulnerability. The writer of a feed puts it there. */
export function changeStore(env: StoreEnvironment): ChangeStore {
  const { db } = env;
  return {
    pendingChanges: (limit) =>
      settle(() =>
        read(env, (transaction) =>
          Array.from(db.getRange({ ...keysBelow('untold'), limit, transaction }), ({ value }) => {
            const [update, vulnerability] = unpack(env, value) as [string, string];
            return { update, vulnerability };
          }),
        ),
      ),
    markPublished: (changed) =>
      settleWrite(env, () => {
        if (changed.length === 0) return;
        write(env, () => {
          for (const one of changed) db.removeSync(pendingKey(one));
        });
      }),
    changes: (changed) => changes(env, changed),
    forgetChanges: (before) => forgetHistory(env, before),
  };
}

async function* changes(
  env: StoreEnvironment,
  { update, vulnerability }: ChangedVulnerability,
): AsyncGenerator<FactChange> {
  const bounds = keysBelow('change', update, vulnerability);
  let { start } = bounds;
  for (;;) {
    const from = start;
    const rows = read(env, (transaction) =>
      Array.from(env.db.getRange({ ...bounds, start: from, limit: batchSize, transaction })),
    );
    for (const { key, value } of rows) {
      const change = toChange(key, unpack(env, value)) as FactChange;
      if (change.silent !== true) yield await Promise.resolve(change);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < batchSize) return;
    start = after(last.key);
  }
}
