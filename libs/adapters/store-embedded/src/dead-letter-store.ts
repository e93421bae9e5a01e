import type { DeadLetter, DeadLetterStore } from '@clarion/model';
import { checkLimit } from '@clarion/store-rules';

import { encode, type StoreEnvironment, read, settle, unpack, write } from './environment';
import { behind, keysBelow, recordKey } from './keys';
import { settleWrite } from './long-commits';
import { firstPage, type PageItem } from './pages';

/** Work that could not be done, by its id. */
export function deadLetterStore(env: StoreEnvironment): DeadLetterStore {
  const { db } = env;
  return {
    putDeadLetter: (letter) =>
      settleWrite(env, () => {
        const put = () => {
          db.putSync(recordKey('dead-letter', letter.id), env.lmdb.asBinary(encode(env, letter)));
        };
        // Once it is stored, the queue drops it.
        write(env, put, { durable: true });
      }),
    deadLetter: (id) =>
      settle(() =>
        read(
          env,
          (transaction) => unpack(env, db.get(recordKey('dead-letter', id), { transaction })) as DeadLetter | undefined,
        ),
      ),
    deadLetters: ({ after, limit }) =>
      settle(() => {
        checkLimit({ limit });
        return read(env, (transaction) => {
          const bounds = keysBelow('dead-letter');
          const start = after === undefined ? bounds.start : behind(recordKey('dead-letter', after));
          const letters = db.getRange({ ...bounds, start, transaction }).map(({ value }): PageItem<DeadLetter> => {
            const letter = unpack(env, value) as DeadLetter;
            return [letter.id, letter];
          });
          return firstPage(letters, { limit });
        });
      }),
    removeDeadLetter: (id) =>
      settleWrite(env, () =>
        write(env, () => {
          const key = recordKey('dead-letter', id);
          const isKnown = db.doesExist(key);
          if (isKnown) db.removeSync(key);
          return isKnown;
        }),
      ),
  };
}
