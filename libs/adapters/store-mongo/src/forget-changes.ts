import { sortableTime } from '@clarion/store-rules';

import { forgetRows, logCollections, rowHead } from './change-log';
import type { MongoContext } from './context';
import { nearestRevision } from './feed-revisions';
import { idsUnder, keyPart } from './keys';
import type { LogCollection } from './log-documents';
import { forgetRemovedFeeds } from './removed-feeds';
import { readRevisions } from './revisions';
import { chunks, deleteValues, untyped } from './writes';

const together = 1000;

/** `ChangeStore.forgetChanges`. If interrupted, the next one does the rest. */
export async function forgetChanges(context: MongoContext, before: string): Promise<void> {
  // First: from then on, nobody relies on what is deleted.
  await moveHistoryFrom(context, before);
  for (const collection of logCollections) await deleteBefore(context, collection, before);
  const changed = context.collection('changed');
  const published = changed.find({ told: true, _id: { $lt: keyPart(before) } }, { projection: { _id: 1 } });
  for await (const some of chunks(published, together)) {
    await changed.deleteMany({ _id: { $in: some.map(({ _id }) => _id) } });
  }
  await deleteRevisions(context, before);
  await forgetRemovedFeeds(context, (await context.collection('meta').findOne({ _id: 'history' }))?.from);
}

/** To the latest revision whose changes will be gone, or that is the first one of its feed that stays. */
async function moveHistoryFrom(context: MongoContext, before: string): Promise<void> {
  const revisions = await readRevisions(context);
  const times: string[] = [];
  for (const feed of revisions.feeds.keys()) {
    const until = { feed, descending: true, from: recordIn(feed, before) };
    const latest = await nearestRevision(context, revisions, until);
    const changed = await nearestRevision(context, revisions, { ...until, isWanted: ({ changes }) => changes > 0 });
    if (latest !== undefined && changed !== undefined) times.push(sortableTime(latest.time));
  }
  const from = times.sort().at(-1);
  if (from === undefined) return;
  await context.collection('meta').updateOne({ _id: 'history' }, { $max: { from } }, { upsert: true });
}

/** The `_id` of a revision of a feed whose key is known. */
function recordIn(feed: string, update: string): string {
  return `${feed}\t${keyPart(update)}`;
}

async function deleteBefore(context: MongoContext, collection: LogCollection, before: string): Promise<void> {
  const found = untyped(context, collection)
    .find({ _id: { $lt: keyPart(before) } }, { projection: rowHead })
    .sort({ _id: 1 });
  for await (const rows of chunks(found, together)) await forgetRows(context, collection, rows);
}

/** Revisions before the one that was current when the history begins. */
async function deleteRevisions(context: MongoContext, before: string): Promise<void> {
  const from = (await context.collection('meta').findOne({ _id: 'history' }))?.from;
  if (from === undefined) return;
  const revisions = await readRevisions(context);
  for (const feed of revisions.feeds.keys()) {
    const isWanted = ({ time }: { readonly time: string }) => sortableTime(time) <= from;
    const first = await nearestRevision(context, revisions, {
      ...{ feed, descending: true, from: recordIn(feed, before) },
      isWanted,
    });
    const { $gt } = idsUnder(feed);
    if (first !== undefined) await deleteValues(context, 'feedRevisions', { _id: { $gt, $lt: first._id } });
    // The log has no changes of those that stay.
    const forgotten = { _id: { $gt, $lt: recordIn(feed, before) } };
    await context.collection('feedRevisions').updateMany(forgotten, { $set: { changes: 0 } });
  }
}
