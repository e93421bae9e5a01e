import type { FeedState, FeedFacts, ImageStore, CompositionStore } from '@clarion/model';
import { recountCompositions } from '@clarion/notifying';
import { matchOptions, type MatchSettings } from '@clarion/workers';

/**
 * Recounts the vulnerabilities of images for a feed whose facts were written by a process that does not count
 * (`countsPending`). Where the feed is being updated or was changed meanwhile, counts stay pending.
 */
export function countsJob(
  matching: MatchSettings,
  store: FeedFacts & ImageStore & CompositionStore,
): (feed: string, signal: AbortSignal) => Promise<void> {
  const stateOf = async (id: string): Promise<FeedState | undefined> =>
    (await store.feedStates()).find(({ feed, countsPending }) => feed === id && countsPending === true);
  return async (id, signal) => {
    const feed = matching.feeds.find((one) => one.id === id);
    const counted = await stateOf(id);
    if (feed === undefined || counted === undefined) return;
    await recountCompositions(feed, { store, options: matchOptions(matching) });
    signal.throwIfAborted();
    // While this writer is open, no other process changes the feed.
    const writer = await store.writeFeed(id);
    try {
      const state = await stateOf(id);
      if (state === undefined || state.lastChange !== counted.lastChange) return;
      const { countsPending: _, ...settled } = state;
      await writer.commit(settled);
    } finally {
      await writer.abort();
    }
  };
}
