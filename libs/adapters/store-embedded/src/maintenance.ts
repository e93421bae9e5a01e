import { statfsSync, statSync } from 'node:fs';

import type { StoreMaintenance } from '@clarion/model';

import { type StoreEnvironment, read, settle, write } from './environment';
import { formatKey } from './keys';
import { othersCommit } from './long-commits';
import { pruner } from './pruning';

/** Free bytes below which nothing more can be promised to be written. */
const leastFreeBytes = 1 << 20;

/** Pruning, readiness, size and closing. Pruned space is used again by later writes; the file itself never shrinks. */
export function maintenance(env: StoreEnvironment): StoreMaintenance {
  return {
    prune: pruner(env),
    ready: () => settle(() => isReady(env)),
    size: () => settle(() => statSync(env.file).size),
    close: async () => {
      await env.openUpdates.endAll();
      await env.db.close();
    },
  };
}

/** An empty transaction takes the same locks as any other, but writes nothing: this runs every few seconds. */
function isReady(env: StoreEnvironment): boolean {
  try {
    if (read(env, (transaction) => env.db.get(formatKey, { transaction })) === undefined) return false;
    // Another process shows at this moment that it can be written.
    if (!othersCommit(env)) write(env, () => undefined);
    const { bavail, bsize } = statfsSync(env.directory);
    return bavail * bsize >= leastFreeBytes;
  } catch {
    return false;
  }
}
