import type { FeedStore } from '@clarion/model';

import type { MongoContext } from './context';
import { feedStates, putFeedState } from './feed-states';
import { commitFeeds, openFeedWriter } from './feed-writer';
import { explained } from './mongo-errors';

/** The states of feeds by id, and updates of their facts. */
export function feedStore(context: MongoContext): FeedStore {
  return {
    feedStates: () => explained(() => feedStates(context)),
    putFeedState: (state) => explained(() => putFeedState(context, state)),
    writeFeed: (feed) => explained(() => openFeedWriter(context, feed)),
    commitFeeds: (updates) => commitFeeds(context, updates),
  };
}
