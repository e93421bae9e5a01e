import type { LeaseStore } from '@clarion/model';
import { millisOf } from '@clarion/store-rules';

import type { MongoContext } from './context';
import { keyPart } from './keys';
import { explained, isDuplicateKey } from './mongo-errors';

/** Leases by name: one document each, taken by one guarded write. */
export function leaseStore(context: MongoContext): LeaseStore {
  const leases = context.collection('leases');
  return {
    lease: (name, owner, { now, until }) =>
      explained(async () => {
        const filter = { _id: keyPart(name), $or: [{ holder: owner }, { until: { $lte: millisOf(now) } }] };
        try {
          await leases.updateOne(filter, { $set: { holder: owner, until: millisOf(until) } }, { upsert: true });
          return true;
        } catch (error) {
          // It exists, but has another owner: the filter misses, and the insert conflicts.
          if (isDuplicateKey(error)) return false;
          throw error;
        }
      }),
    endLease: (name, owner) =>
      explained(async () => {
        await leases.deleteOne({ _id: keyPart(name), holder: owner });
      }),
  };
}
