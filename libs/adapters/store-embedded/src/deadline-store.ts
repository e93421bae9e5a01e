import type { DeadlineCheck, DeadlineStore } from '@clarion/model';
import { checkLimit, sortableTime } from '@clarion/store-rules';

import { type StoreEnvironment, read, settle, write } from './environment';
import { keysBelow, recordKey } from './keys';
import { settleWrite } from './long-commits';
import type { WriteBatches } from './write-batches';

/** The plan of a composition: null when nothing is planned. It is also found by its time. */
type PlannedCheck = readonly [at: string | null, plan: number];

/** A transaction blocks other writers for only a few milliseconds. */
const plansTogether = 500;

/** Checks of deadlines, by composition and by time. */
export function deadlineStore(env: StoreEnvironment, batched: WriteBatches): DeadlineStore {
  const { db } = env;
  return {
    planDeadlineChecks: async (compositions, at) => {
      const time = sortableTime(at);
      const ids = [...new Set(compositions)];
      for (let start = 0; start < ids.length; start += plansTogether) {
        const some = ids.slice(start, start + plansTogether);
        const plans = () => {
          for (const composition of some) plan(env, composition, time);
        };
        // Written together with the image that it is for.
        await batched(() => ({ write: plans, result: undefined }));
      }
    },
    deadlineChecks: (until, limit) =>
      settle(() => {
        checkLimit({ limit });
        return read(env, (transaction) => {
          const range = { start: keysBelow('deadline').start, end: `${recordKey('deadline', sortableTime(until))}\n` };
          const found = db.getRange({ ...range, limit, transaction });
          return Array.from(found, ({ key, value }): DeadlineCheck => {
            const [, at = '', composition = ''] = key.split('\t');
            return { composition, at, plan: value as number };
          });
        });
      }),
    putNextCheck: ({ composition, plan: done }, next) =>
      settleWrite(env, () => {
        write(env, () => {
          const known = plannedOf(env, composition);
          if (known?.[1] === done) replace(env, composition, [next === null ? null : sortableTime(next), done]);
        });
      }),
  };
}

function plan(env: StoreEnvironment, composition: string, at: string): void {
  if (!env.db.doesExist(recordKey('composition', composition))) return;
  const [known = null, number = 0] = plannedOf(env, composition) ?? [];
  replace(env, composition, [known !== null && known < at ? known : at, number + 1]);
}

function plannedOf(env: StoreEnvironment, composition: string): PlannedCheck | undefined {
  return env.db.get(recordKey('deadline-of', composition)) as PlannedCheck | undefined;
}

function replace(env: StoreEnvironment, composition: string, next: PlannedCheck | undefined): void {
  const [known = null] = plannedOf(env, composition) ?? [];
  if (known !== null) env.db.removeSync(recordKey('deadline', known, composition));
  const key = recordKey('deadline-of', composition);
  if (next === undefined) env.db.removeSync(key);
  else env.db.putSync(key, next);
  if (typeof next?.[0] === 'string') env.db.putSync(recordKey('deadline', next[0], composition), next[1]);
}

/** Removes the plan of a composition that is removed. Inside a write transaction. */
export function removeDeadlineCheck(env: StoreEnvironment, composition: string): void {
  replace(env, composition, undefined);
}
