import { localFolderOf, type UpstreamFor } from '@clarion/feed-upstreams';
import { findsPackages, namespaceIds, roleOf } from '@clarion/matching';
import { ClarionError, feedName, type EffectiveImage, type FeedSource } from '@clarion/model';
import type { Facts } from './facts';
import { isDue, refreshFeed, upstreams } from './feed-refresh';

/** Where a scan takes its feeds from. */
export interface ScanFeeds {
  readonly upstreamFor: UpstreamFor;
  /** Only what is on this machine is read. */
  readonly offline: boolean;
  /** Every feed is looked at, however fresh: a folder of files costs nothing to ask. */
  readonly always: boolean;
}

/** Options that say so. */
export interface ScanFeedSettings {
  readonly offline?: boolean;
  readonly feedsDir?: string;
}

/** Throws `not-found` for a folder that is not there. */
export function scanFeeds({ offline = false, feedsDir }: ScanFeedSettings, signal: AbortSignal): ScanFeeds {
  const local = feedsDir !== undefined;
  return { upstreamFor: upstreams(feedsDir, signal), offline: offline && !local, always: local };
}

/**
 * Brings the feeds that take part in a report up to date, all of them: what a report says must not depend on what some
 * earlier command has loaded. One that cannot be reached is used as it is, with a warning. Own data on this machine is
 * read without network too; it is what the user wrote, so it throws when it cannot be read. So it does, with
 * `storage-unavailable`, when the disk is full.
 */
export async function refreshFeeds(
  feeds: readonly FeedSource[],
  { upstreamFor, offline, always }: ScanFeeds,
  facts: Facts,
): Promise<void> {
  const states = new Map((await facts.store.feedStates()).map((state) => [state.feed, state]));
  const due = feeds.filter(
    (feed) => isOwnFolder(feed) || always || (!offline && isDue(feed, states.get(feed.id), new Date())),
  );
  if (facts.readOnly) {
    warnOfReadOnly(due, facts);
    return;
  }
  for (const feed of due) {
    if (isOwnFolder(feed)) await refreshOwn(feed, upstreamFor, facts);
    else await refreshFeed(feed, { upstreamFor }, facts);
  }
}

/** Whoever may only read the facts gets a report on those that are there, and is told which may be old. */
function warnOfReadOnly(due: readonly FeedSource[], { directory, progress }: Facts): void {
  if (due.length === 0) return;
  const names = due.map((feed) => feedName(feed)).join(', ');
  progress.warn(`${directory} cannot be written: ${names} not refreshed, used as stored`);
}

function isOwnFolder(feed: FeedSource): boolean {
  return feed.own === true && localFolderOf(feed) !== undefined;
}

async function refreshOwn(feed: FeedSource, upstreamFor: UpstreamFor, facts: Facts): Promise<void> {
  if (await refreshFeed(feed, { upstreamFor }, facts)) return;
  const state = (await facts.store.feedStates()).find((one) => one.feed === feed.id);
  throw new ClarionError(
    'invalid-input',
    `Own data ${feedName(feed)} cannot be used: ${state?.lastError ?? 'see above'}`,
    {
      remedy: 'mend or remove it (docs/own-data.md)',
    },
  );
}

/** Refuses to report on an image whose feeds were never loaded: that would look like a clean bill. */
export async function requireFeeds(feeds: readonly FeedSource[], image: EffectiveImage, facts: Facts): Promise<void> {
  const loaded = new Set(
    (await facts.store.feedStates()).flatMap(({ feed, lastSuccess }) => (lastSuccess === undefined ? [] : [feed])),
  );
  const missing = feeds
    .filter((feed) => findsPackages(roleOf(feed)) && !loaded.has(feed.id))
    .map((feed) => feedName(feed));
  if (missing.length === 0) return;
  const subject = namespaceIds(image).join(', ');
  throw new ClarionError(
    'no-data',
    `There is no advisory data for ${subject}: ${missing.join(', ')} was never loaded`,
    {
      remedy: `run clarion update ${missing.join(' ')} where the network is reachable, or give --feeds-dir DIR`,
    },
  );
}
