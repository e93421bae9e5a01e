import type { ProgressStore } from '@clarion/model';

import { type StoreEnvironment, read, settle, write } from './environment';
import { recordKey } from './keys';
import { settleWrite } from './long-commits';

/** How far recurring work has come: one record each. */
export function progressStore(env: StoreEnvironment): ProgressStore {
  const { db } = env;
  return {
    progress: (name) =>
      settle(() =>
        read(env, (transaction) => db.get(recordKey('progress', name), { transaction }) as string | undefined),
      ),
    putProgress: (name, { from, to }) =>
      settleWrite(env, () =>
        write(
          env,
          () => {
            const key = recordKey('progress', name);
            if (db.get(key) !== from) return false;
            db.putSync(key, to);
            return true;
          },
          { durable: true },
        ),
      ),
  };
}
