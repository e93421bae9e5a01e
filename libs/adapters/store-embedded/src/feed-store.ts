import type { FeedState, FeedStore } from '@clarion/model';
import type { Transaction } from 'lmdb';

import { type StoreEnvironment, decode, read, settle, write } from './environment';
import { commitFeeds, openFeedWriter } from './feed-writer';
import { keysBelow } from './keys';
import { settleWrite } from './long-commits';
import { feedRecord, toFeedState } from './records';
import { newestRevision } from './revision-store';

/** The states of feeds by id, and updates of their facts. */
export function feedStore(env: StoreEnvironment): FeedStore {
  const { db } = env;
  const states = stateReader(env);
  return {
    feedStates: () => settle(states),
    putFeedState: (state, basis) =>
      settleWrite(env, () => {
        const [key, record] = feedRecord(state);
        return write(env, () => {
          if (basis !== undefined && newestUpdate(env, state.feed) !== basis) return false;
          db.putSync(key, record);
          return true;
        });
      }),
    writeFeed: (feed) => settleWrite(env, () => openFeedWriter(env, feed)),
    commitFeeds: (updates) => commitFeeds(env, updates),
  };
}

function newestUpdate(env: StoreEnvironment, feed: string): string | null {
  return newestRevision(env, keysBelow('revision', feed))?.update ?? null;
}

/** Reads the states of all feeds. Every request does, and they rarely change: those with the same bytes stay the same objects. */
function stateReader(env: StoreEnvironment): () => readonly FeedState[] {
  const db = env.db as typeof env.db & BytesInTransaction;
  let known = new Map<string, { readonly bytes: Buffer; readonly state: FeedState }>();
  return () =>
    read(env, (transaction) => {
      const now: typeof known = new Map();
      for (const key of db.getKeys({ ...keysBelow('feed'), transaction })) {
        const bytes = db.getBinary(key, { transaction }) ?? Buffer.alloc(0);
        const before = known.get(key);
        const isSame = before?.bytes.equals(bytes) === true;
        now.set(key, isSame ? before : { bytes, state: toFeedState(decode(env, bytes)) });
      }
      known = now;
      return Array.from(now.values(), ({ state }) => state);
    });
}

/** What LMDB's binding has, but not in its types. */
interface BytesInTransaction {
  getBinary(key: string, options: { readonly transaction: Transaction }): Buffer | undefined;
}
