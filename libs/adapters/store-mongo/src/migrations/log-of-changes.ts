import { firstRevisionOf, revisionAfter } from '@clarion/store-rules';

import type { MongoContext } from '../context';
import { feedStateReader } from '../feed-states';
import { writeFeedRevision } from '../feed-revisions';
import { idsUnder, keyPart } from '../keys';
import { readRevisions, revisionOf } from '../revisions';

/**
 * To format 3: every change of facts is logged from here on, and facts of the past are those of a revision: what is
 * stored of a feed becomes its first one. An older Clarion must not write any more: what it changed would be missing in
 * the log, and facts of the past would be wrong.
 */
export async function logOfChanges(context: MongoContext): Promise<void> {
  const revisions = await readRevisions(context);
  for (const state of await feedStateReader(context)()) {
    const committed = firstRevisionOf(state);
    const feed = keyPart(state.feed);
    const known = await context.collection('feedRevisions').findOne({ _id: idsUnder(feed) });
    if (committed === undefined || known !== null) continue;
    // Not after what is stored: another process may write the same revision now.
    const added = revisionAfter({ latest: [], state }, { committed, state, changes: 0 });
    await writeFeedRevision(context, added, revisionOf(revisions, feed).rev);
  }
}
