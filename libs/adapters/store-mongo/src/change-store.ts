import type { ChangeStore, FactChange } from '@clarion/model';

import type { MongoContext } from './context';
import { idsBelow, keyPart, recordKey } from './keys';
import { explained, explainedEach } from './mongo-errors';
import { readValue } from './packed-values';
import { chunks, deleteValues } from './writes';

/** Changes by update, vulnerability and key of the advisories, and which (update, vulnerability) are pending. */
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
    forgetChanges: (before) =>
      explained(async () => {
        const old = changed.find({ told: true, _id: { $lt: keyPart(before) } });
        for await (const { _id, update, vulnerability } of old) {
          await deleteValues(context, 'changes', { _id: idsBelow(update, vulnerability) });
          await changed.deleteOne({ _id });
        }
      }),
  };
}

async function* changesOf(context: MongoContext, update: string, vulnerability: string): AsyncGenerator<FactChange> {
  const found = context
    .collection('changes')
    .find({ _id: idsBelow(update, vulnerability) })
    .sort({ _id: 1 });
  for await (const document of found) {
    const change = await readValue(context, 'changes', document);
    if (change !== undefined) yield change as FactChange;
  }
}
