import type { StoreMaintenance } from '@clarion/model';

import type { MongoContext } from './context';
import { explained } from './mongo-errors';
import { prune } from './prune';

/** How long `ready` waits for an answer. */
const readyMillis = 2000;

/** Pruning, readiness, size and closing. */
export function maintenance(context: MongoContext): StoreMaintenance {
  let closed = false;
  return {
    prune: (options) => explained(() => prune(context, options)),
    ready: async () => {
      if (closed) return false;
      const answer = context.db.command({ ping: 1 }, { timeoutMS: readyMillis });
      return answer.then(
        () => true,
        () => false,
      );
    },
    size: () =>
      explained(async () => {
        const stats = await context.db.stats();
        const bytes = Number(stats['storageSize']) + Number(stats['indexSize']);
        return Number.isFinite(bytes) ? bytes : undefined;
      }),
    close: async () => {
      closed = true;
      await context.openUpdates.endAll();
      await explained(() => context.client.close());
    },
  };
}
