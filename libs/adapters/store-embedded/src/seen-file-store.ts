import type { SeenFile, SeenFileStore } from '@clarion/model';
import { dayOf } from '@clarion/store-rules';

import { type StoreEnvironment, read, settle, write } from './environment';
import { recordKey, keysBelow } from './keys';
import { othersCommit, settleWrite } from './long-commits';
import { removeInBatches } from './removal';

/** The stored form: with the day of its last use. */
type Seen = SeenFile & { readonly used: number };

/** Parts of files that were read, by their key. */
export function seenFileStore(env: StoreEnvironment): SeenFileStore {
  const { db } = env;
  const put = (key: string, { diffId, blob }: SeenFile): void => {
    write(env, () => {
      db.putSync(recordKey('seen-file', key), { diffId, blob, used: dayOf(env.now()) } satisfies Seen);
    });
  };
  return {
    seenFile: (key) =>
      settle(() => {
        const stored = read(env, (transaction) => db.get(recordKey('seen-file', key), { transaction }));
        if (stored === undefined) return undefined;
        const { used, diffId, blob } = stored as Seen;
        if (used !== dayOf(env.now()) && !env.readOnly && !othersCommit(env))
          touch(() => {
            put(key, { diffId, blob });
          });
        return { diffId, blob };
      }),
    putSeenFile: (key, seen) =>
      settleWrite(env, () => {
        put(key, seen);
      }),
  };
}

/** On a full disk it is only pruned a little earlier. */
function touch(act: () => void): void {
  try {
    act();
  } catch {
    // The requested data is not affected.
  }
}

/** Removes those last used before a day. */
export async function pruneSeenFiles(env: StoreEnvironment, firstKeptDay: number): Promise<void> {
  await removeInBatches(env, keysBelow('seen-file'), {
    matches: (value) => (value as Seen).used < firstKeptDay,
    remove: (key) => {
      env.db.removeSync(key);
    },
  });
}
