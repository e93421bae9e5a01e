import type { RepositoryProducts } from '@clarion/model';

import { type StoreEnvironment, unpack, write } from './environment';
import { forgetHistoryOf } from './forget-history';
import { keysBelow, readableParts, recordKey } from './keys';
import { takeLease } from './lease';
import { rememberFeed } from './removed-feeds';
import { announceCommit, untilFree } from './long-commits';
import { mentionWriter } from './mentions';
import { groupRecords, toFeedState, toGroupHash } from './records';

/** Removes the feeds that are not in `keep` and returns their number. */
export async function pruneFeeds(env: StoreEnvironment, keep: ReadonlySet<string>): Promise<number> {
  let pruned = 0;
  for (const { value } of Array.from(env.db.getRange(keysBelow('feed')))) {
    const { feed } = toFeedState(value);
    if (!keep.has(feed) && (await pruneFeed(env, feed))) pruned += 1;
  }
  return pruned;
}

/**
 * Removes all facts of a feed, its history before them: facts without history begin a new one. False if the feed is
 * being written: then it is still needed.
 */
async function pruneFeed(env: StoreEnvironment, feed: string): Promise<boolean> {
  const { db } = env;
  let lease;
  try {
    await untilFree(env);
    lease = takeLease(env, feed);
  } catch {
    return false;
  }
  try {
    rememberFeed(env, feed);
    await forgetHistoryOf(env, feed, lease);
    const gone = keysOfFacts(env, feed);
    const remove = () => {
      const mentions = mentionWriter(env);
      for (const key of gone) {
        mentions.take(key, undefined);
        db.removeSync(key);
      }
      mentions.write();
    };
    await announceCommit(env, (withdraw) => {
      write(env, () => {
        withdraw();
        remove();
      });
    });
  } finally {
    lease.release();
  }
  return true;
}

function keysOfFacts(env: StoreEnvironment, feed: string): readonly string[] {
  const { db } = env;
  const gone: string[] = [recordKey('feed', feed)];
  for (const { key, value } of db.getRange(keysBelow('hash', feed))) {
    const [group] = toGroupHash(key, unpack(env, value));
    gone.push(...groupRecords(group, undefined).map(([record]) => record));
  }
  for (const key of db.getKeys(keysBelow('text', feed))) gone.push(key);
  for (const key of db.getKeys(keysBelow('score'))) {
    if (readableParts(key)?.[1] === feed) gone.push(key);
  }
  for (const { key, value } of db.getRange(keysBelow('repository'))) {
    if ((unpack(env, value) as RepositoryProducts).feed === feed) gone.push(key);
  }
  return gone;
}
