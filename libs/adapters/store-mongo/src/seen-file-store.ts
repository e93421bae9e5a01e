import type { SeenFileStore } from '@clarion/model';
import { dayOf } from '@clarion/store-rules';

import type { MongoContext } from './context';
import { keyPart } from './keys';
import { explained } from './mongo-errors';
import { twice } from './writes';

/** Parts of files that were read, by their key. */
export function seenFileStore(context: MongoContext): SeenFileStore {
  const files = context.collection('seenFiles');
  return {
    seenFile: (key) =>
      explained(async () => {
        const found = await files.findOne({ _id: keyPart(key) });
        if (found === null) return undefined;
        const { _id, diffId, blob } = found;
        const today = dayOf(context.now());
        // If this write fails, the file is only pruned a little earlier.
        if (found.used !== today) await files.updateOne({ _id }, { $set: { used: today } }).catch(() => undefined);
        return { diffId, blob };
      }),
    putSeenFile: (key, { diffId, blob }) =>
      explained(async () => {
        const seen = { diffId, blob, used: dayOf(context.now()) };
        await twice(() => files.replaceOne({ _id: keyPart(key) }, seen, { upsert: true }));
      }),
  };
}

/** Removes those last used before a day. */
export async function pruneSeenFiles(context: MongoContext, firstKeptDay: number): Promise<void> {
  await context.collection('seenFiles').deleteMany({ used: { $lt: firstKeptDay } });
}
