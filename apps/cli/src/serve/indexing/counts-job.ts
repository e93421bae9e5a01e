import type { CompositionStore, DeadlineStore, FeedFacts, FeedState, ImageStore } from '@clarion/model';
import { recountCompositions } from '@clarion/notifying';
import { matchOptions, type MatchSettings } from '@clarion/workers';

type CountsStore = FeedFacts & ImageStore & CompositionStore & DeadlineStore;

/**
 * Recounts the vulnerabilities of images for feeds whose facts were written by a process that does not count
 * (`countsPending`), each image once. Where a feed is being updated or was changed meanwhile, its counts stay pending.
 */
export function countsJob(
  matching: MatchSettings,
  store: CountsStore,
): (feeds: readonly string[], signal: AbortSignal) => Promise<void> {
  return async (ids, signal) => {
    const feeds = matching.feeds.filter(({ id }) => ids.includes(id));
    const counted = (await pendingStates(store)).filter(({ feed }) => feeds.some(({ id }) => id === feed));
    if (counted.length === 0) return;
    await recountCompositions(feeds, { store, options: matchOptions(matching) });
    signal.throwIfAborted();
    const failures: unknown[] = [];
    for (const state of counted) await settle(state, store).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
}

async function pendingStates(store: CountsStore): Promise<readonly FeedState[]> {
  return (await store.feedStates()).filter(({ countsPending }) => countsPending === true);
}

async function settle(counted: FeedState, store: CountsStore): Promise<void> {
  // While this writer is open, no other process changes the feed.
  const writer = await store.writeFeed(counted.feed);
  try {
    const state = (await pendingStates(store)).find(({ feed }) => feed === counted.feed);
    if (state === undefined || state.lastChange !== counted.lastChange) return;
    const { countsPending: _, ...settled } = state;
    await writer.commit(settled);
  } finally {
    await writer.abort();
  }
}
