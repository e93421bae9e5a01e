import type { FeedStore } from '@clarion/model';

import type { MongoContext } from './context';
import { feedStateReader, putFeedState } from './feed-states';
import { commitFeeds, openFeedWriter } from './feed-writer';
import { explained } from './mongo-errors';

/** The states of feeds by id, and updates of their facts. */
export function feedStore(context: MongoContext): FeedStore {
  const states = feedStateReader(context);
  return {
    feedStates: () => explained(states),
    putFeedState: (state) => explained(() => putFeedState(context, state)),
    writeFeed: (feed) => explained(() => openFeedWriter(context, feed)),
    commitFeeds: (updates) => commitFeeds(context, updates),
  };
}
