import type { ProgressStore } from '@clarion/model';

import type { MongoContext } from './context';
import { keyPart } from './keys';
import { explained, isDuplicateKey } from './mongo-errors';

/** How far recurring work has come: one document each, replaced by one guarded write. */
export function progressStore(context: MongoContext): ProgressStore {
  const steps = context.collection('progress');
  return {
    progress: (name) => explained(async () => (await steps.findOne({ _id: keyPart(name) }))?.to),
    putProgress: (name, { from, to }) =>
      explained(async () => {
        const _id = keyPart(name);
        if (from !== undefined) return (await steps.updateOne({ _id, to: from }, { $set: { to } })).matchedCount > 0;
        try {
          await steps.insertOne({ _id, to });
          return true;
        } catch (error) {
          if (isDuplicateKey(error)) return false;
          throw error;
        }
      }),
  };
}
