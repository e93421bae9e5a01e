import type { RemovedFeed, RevisionTime } from '@clarion/model';
import { isRemembered, removedFeed } from '@clarion/store-rules';

import { read, type StoreEnvironment, write } from './environment';
import { keysBelow, recordKey } from './keys';
import { toFeedState } from './records';

/** The feeds that were removed. */
export function removedFeeds(env: StoreEnvironment): readonly RemovedFeed[] {
  return read(env, (transaction) =>
    Array.from(env.db.getRange({ ...keysBelow('removed-feed'), transaction }), ({ value }) => value as RemovedFeed),
  );
}

/** Keeps that a feed with a history was there, before it is removed. */
export function rememberFeed(env: StoreEnvironment, feed: string): void {
  const { db } = env;
  write(env, () => {
    const [oldest] = Array.from(db.getRange({ ...keysBelow('revision', feed), limit: 1 }));
    if (oldest === undefined) return;
    const { at: since } = oldest.value as RevisionTime;
    const stored = db.get(recordKey('feed', feed));
    const key = recordKey('removed-feed', feed);
    const removed = removedFeed({
      ...{ feed, since, until: env.now().toISOString() },
      state: stored === undefined ? undefined : toFeedState(stored),
      before: db.get(key) as RemovedFeed | undefined,
    });
    db.putSync(key, removed);
  });
}

/** Forgets the feeds that were removed before the history begins. Inside of a write transaction. */
export function forgetRemovedFeeds(env: StoreEnvironment, historyFrom: string | undefined): void {
  for (const { key, value } of Array.from(env.db.getRange(keysBelow('removed-feed')))) {
    if (!isRemembered(value as RemovedFeed, historyFrom)) env.db.removeSync(key);
  }
}
