import { findsPackages, namespacesWithData, participatingFeeds, roleOf } from '@clarion/matching';
import type { ImageComposition, FeedSource, FeedState } from '@clarion/model';

/** The feeds of this installation, and how their updates went. */
export interface InstalledFeeds {
  readonly states: readonly FeedState[];
  readonly feeds: readonly FeedSource[];
}

/** The namespaces that determine the feeds for an image: of its distribution, and of its other packages. */
export function namespacesOf({
  namespaces,
  channels,
  otherNamespaces = [],
}: Pick<ImageComposition, 'namespaces' | 'channels' | 'otherNamespaces'>): readonly string[] {
  return [...[...namespaces, ...channels].map(({ id }) => id), ...otherNamespaces];
}

/** The feeds that are needed for valid results on packages of these namespaces, and were never loaded. */
export function neverLoaded(ids: readonly string[], feeds: InstalledFeeds): readonly FeedSource[] {
  return unloaded(ids, feeds).filter((feed) => findsPackages(roleOf(feed)));
}

/** Whether a feed that rates the findings of other feeds in these namespaces was never loaded. */
export function lacksRatings(ids: readonly string[], feeds: InstalledFeeds): boolean {
  return unloaded(ids, feeds).some((feed) => roleOf(feed) === 'severities');
}

/** The namespaces for which an enabled feed has data. */
export function withData({ states, feeds }: InstalledFeeds): ReadonlySet<string> {
  const enabled = new Set(feeds.flatMap(({ id, enabled: on }) => (on === false ? [] : [id])));
  return new Set(states.flatMap((state) => (enabled.has(state.feed) ? [...namespacesWithData(state)] : [])));
}

function unloaded(ids: readonly string[], { states, feeds }: InstalledFeeds): readonly FeedSource[] {
  const loaded = new Set(states.flatMap(({ feed, lastSuccess }) => (lastSuccess === undefined ? [] : [feed])));
  return participatingFeeds(feeds, ids).filter((feed) => !loaded.has(feed.id));
}
