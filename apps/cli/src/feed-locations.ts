import { feedSources, nameOfStored } from '@clarion/feed-sources';
import { feedName, type FeedSource, type FeedState } from '@clarion/model';

/** The source of a feed's data in this configuration, for people. */
export function locationOf(feed: FeedSource): string {
  return feed.location ?? feed.baseUrl;
}

/**
 * The sources whose stored data of a built-in feed belongs to other configurations and is not used in this one: the
 * feed's own source, and mirrors.
 */
export function otherLocations(feed: FeedSource, states: Iterable<FeedState>): readonly string[] {
  const name = feedName(feed);
  if (feed.own === true) return [];
  return [...states]
    .filter((state) => state.feed !== feed.id && nameOfStored(state.feed) === name && state.lastSuccess !== undefined)
    .map((state) => state.place ?? (state.feed === name ? ownLocation(name) : 'another location'))
    .sort();
}

function ownLocation(name: string): string {
  return feedSources.find(({ id }) => id === name)?.baseUrl ?? 'its own location';
}
