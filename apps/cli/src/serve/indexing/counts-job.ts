import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import type { FeedState, Store } from '@clarion/model';
import { recountCompositions } from '@clarion/notifying';
import { clarionVersion } from '@clarion/release';
import type { IndexingSettings } from './messages';

/**
 * Counts again what images have, for a feed of which facts were written by a process that does not (`countsPending`). Where the
 * feed is being updated or was changed meanwhile, counts stay pending.
 */
export function countsJob(
  settings: Pick<IndexingSettings, 'feeds' | 'maxFeedAge'>,
  store: Store,
): (feed: string, signal: AbortSignal) => Promise<void> {
  const feeds = configuredFeeds(settings.feeds);
  const matching = { feeds: [ownVulnerabilities, ...feeds], clarionVersion, maxFeedAgeMinutes: settings.maxFeedAge };
  const stateOf = async (id: string): Promise<FeedState | undefined> =>
    (await store.feedStates()).find(({ feed, countsPending }) => feed === id && countsPending === true);
  return async (id, signal) => {
    const feed = feeds.find((one) => one.id === id);
    const counted = await stateOf(id);
    if (feed === undefined || counted === undefined) return;
    await recountCompositions(feed, { store, options: { ...matching, now: new Date() } });
    signal.throwIfAborted();
    // While this writer is open, nobody else changes the feed.
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
