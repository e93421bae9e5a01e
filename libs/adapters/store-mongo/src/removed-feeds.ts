import type { RemovedFeed } from '@clarion/model';
import { isRemembered, removedFeed } from '@clarion/store-rules';

import type { MongoContext } from './context';
import { nearestRevision } from './feed-revisions';
import { feedState } from './feed-states';
import { idsBelow, keyPart, recordKey } from './keys';
import { readRevisions } from './revisions';

const kind = 'removed';

/** The feeds that were removed. */
export async function removedFeeds(context: MongoContext): Promise<readonly RemovedFeed[]> {
  const found = context
    .collection('meta')
    .find({ _id: idsBelow(kind) })
    .sort({ _id: 1 });
  return (await found.toArray()).flatMap(({ removed }) => removed ?? []);
}

/** Keeps that a feed with a history was there, before it is removed. */
export async function rememberFeed(context: MongoContext, feed: string): Promise<void> {
  const oldest = await nearestRevision(context, await readRevisions(context), { feed: keyPart(feed) });
  if (oldest === undefined) return;
  const meta = context.collection('meta');
  const _id = recordKey(kind, feed);
  const removed = removedFeed({
    ...{ feed, since: oldest.time, until: context.now().toISOString() },
    state: await feedState(context, feed),
    before: (await meta.findOne({ _id }))?.removed,
  });
  await meta.updateOne({ _id }, { $set: { removed } }, { upsert: true });
}

/** Forgets the feeds that were removed before the history begins. */
export async function forgetRemovedFeeds(context: MongoContext, historyFrom: string | undefined): Promise<void> {
  for (const removed of await removedFeeds(context)) {
    if (isRemembered(removed, historyFrom)) continue;
    await context.collection('meta').deleteOne({ _id: recordKey(kind, removed.feed) });
  }
}
