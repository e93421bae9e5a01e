import type { FeedStore } from '@clarion/model';

import type { MongoContext } from './context';
import { putFeedState } from './feed-revisions';
import { feedStateReader } from './feed-states';
import { commitFeeds, openFeedWriter } from './feed-writer';
import { explained } from './mongo-errors';

/** The states of feeds by id, and updates of their facts. */
export function feedStore(context: MongoContext): FeedStore {
  const states = feedStateReader(context);
  return {
    feedStates: () => explained(states),
    putFeedState: (state, basis) => explained(() => putFeedState(context, state, basis)),
    writeFeed: (feed) => explained(() => openFeedWriter(context, feed)),
    commitFeeds: (updates) => commitFeeds(context, updates),
  };
}
