import type { FeedStore } from '@clarion/model';

import { type StoreEnvironment, read, settle, write } from './environment';
import { commitFeeds, openFeedWriter } from './feed-writer';
import { keysBelow } from './keys';
import { settleWrite } from './long-commits';
import { feedRecord, toFeedState } from './records';

/** The states of feeds by id, and updates of their facts. */
export function feedStore(env: StoreEnvironment): FeedStore {
  const { db } = env;
  return {
    feedStates: () =>
      settle(() =>
        read(env, (transaction) =>
          Array.from(db.getRange({ ...keysBelow('feed'), transaction }), ({ value }) => toFeedState(value)),
        ),
      ),
    putFeedState: (state) =>
      settleWrite(env, () => {
        const [key, record] = feedRecord(state);
        write(env, () => {
          db.putSync(key, record);
        });
      }),
    writeFeed: (feed) => settleWrite(env, () => openFeedWriter(env, feed)),
    commitFeeds: (updates) => commitFeeds(env, updates),
  };
}
