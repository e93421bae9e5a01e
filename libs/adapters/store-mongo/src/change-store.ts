import type { ChangeStore, FactChange } from '@clarion/model';

import { forgetChanges } from './forget-changes';
import type { MongoContext } from './context';
import { idsBelow, recordKey } from './keys';
import { explained, explainedEach } from './mongo-errors';
import { readValue } from './packed-values';
import { hasCounted, readRevisions } from './revisions';
import { chunks } from './writes';

/** The changes in the log that are to be published, and which (update, vulnerability) are pending. */
export function changeStore(context: MongoContext): ChangeStore {
  const changed = context.collection('changed');
  return {
    pendingChanges: (limit) =>
      explained(async () => {
        const found = changed.find({ told: false }).sort({ _id: 1 }).limit(limit);
        return (await found.toArray()).map(({ update, vulnerability }) => ({ update, vulnerability }));
      }),
    markPublished: (published) =>
      explained(async () => {
        const ids = published.map(({ update, vulnerability }) => recordKey(update, vulnerability));
        for await (const some of chunks(ids, 1000))
          await changed.updateMany({ _id: { $in: some } }, { $set: { told: true } });
      }),
    changes: ({ update, vulnerability }) => explainedEach(() => changesOf(context, update, vulnerability)),
    forgetChanges: (before) => explained(() => forgetChanges(context, before)),
  };
}

async function* changesOf(context: MongoContext, update: string, vulnerability: string): AsyncGenerator<FactChange> {
  const revisions = await readRevisions(context);
  // Older versions wrote changes of records to `changes`, too.
  for (const collection of ['changes', 'textChanges'] as const) {
    const found = context
      .collection(collection)
      .find({ _id: idsBelow(update, vulnerability) })
      .sort({ _id: 1 });
    for await (const row of found) {
      if (row.silent === true || (row.feed !== undefined && !hasCounted(revisions, row))) continue;
      const change = await readValue(context, collection, row);
      if (change !== undefined) yield change as FactChange;
    }
  }
}
