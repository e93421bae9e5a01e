import { feedSources, nameOfStored } from '@clarion/feed-sources';
import { feedName, type FeedSource, type FeedState } from '@clarion/model';

/** Where a feed's data comes from in this configuration, for people. */
export function placeOf(feed: FeedSource): string {
  return feed.place ?? feed.baseUrl;
}

/**
 * The places from which data of a built-in feed is stored for other configurations, and takes no part in this one: the
 * feed's own, and those of mirrors.
 */
export function otherPlaces(feed: FeedSource, states: Iterable<FeedState>): readonly string[] {
  const name = feedName(feed);
  if (feed.own === true) return [];
  return [...states]
    .filter((state) => state.feed !== feed.id && nameOfStored(state.feed) === name && state.lastSuccess !== undefined)
    .map((state) => state.place ?? (state.feed === name ? ownPlace(name) : 'another place'))
    .sort();
}

function ownPlace(name: string): string {
  return feedSources.find(({ id }) => id === name)?.baseUrl ?? 'its own place';
}
