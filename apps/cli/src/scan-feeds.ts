import { configuredFeeds, type FeedSettings, mirroredFeeds } from '@clarion/feed-sources';
import { localFolderOf, type UpstreamFor } from '@clarion/feed-upstreams';
import { findsPackages, roleOf } from '@clarion/matching';
import { describeMissingData } from '@clarion/reporting';
import { ClarionError, feedName, type FeedSource, type FeedState } from '@clarion/model';
import type { CommandContext } from './command-context';
import { isDue, refreshFeed, upstreams } from './feed-refresh';
import { otherLocations, locationOf } from './feed-locations';

/** The source of a scan's feeds. */
export interface ScanFeeds {
  readonly upstreamFor: UpstreamFor;
  /** The network is not used for feeds; files on this machine are read. */
  readonly offline: boolean;
  /** Every feed is checked, however fresh: reading a folder of files is cheap. */
  readonly always: boolean;
}

/** The options for that. */
export interface ScanFeedSettings {
  readonly offline?: boolean;
  readonly feedsDir?: string;
}

/** The feeds of the configuration, with data from a mirror if the run names one. */
export function feedsOf({ feedsDir, ...settings }: FeedSettings & ScanFeedSettings): readonly FeedSource[] {
  const feeds = configuredFeeds(settings);
  return feedsDir === undefined ? feeds : mirroredFeeds(feeds, feedsDir);
}

/** Throws `not-found` for a missing folder. */
export function scanFeeds({ offline = false, feedsDir }: ScanFeedSettings, signal: AbortSignal): ScanFeeds {
  const local = feedsDir !== undefined;
  return { upstreamFor: upstreams(feedsDir, signal), offline: offline && !local, always: local };
}

/**
 * Updates all feeds that take part in a report: a report must not depend on what an earlier command has loaded. An
 * unreachable feed is used as stored, with a warning. Own data on this machine is read offline too; as the user wrote
 * it, this throws when it cannot be read. It also throws `storage-unavailable` when the disk is full.
 */
export async function refreshFeeds(
  feeds: readonly FeedSource[],
  { upstreamFor, offline, always }: ScanFeeds,
  facts: CommandContext,
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

/** A user with a read-only database gets a report on the stored data and a warning about feeds that may be outdated. */
function warnOfReadOnly(due: readonly FeedSource[], { directory, progress }: CommandContext): void {
  if (due.length === 0) return;
  const names = due.map((feed) => feedName(feed)).join(', ');
  progress.warn(`${directory} cannot be written: ${names} not refreshed, used as stored`);
}

function isOwnFolder(feed: FeedSource): boolean {
  return feed.own === true && localFolderOf(feed) !== undefined;
}

async function refreshOwn(feed: FeedSource, upstreamFor: UpstreamFor, facts: CommandContext): Promise<void> {
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

/** For data that is stored, but not for this configuration. */
export const asLoadedRemedy =
  'give the --feeds-dir, or the configuration, that it was loaded with (see clarion db status)';

/** For data of the past that was not loaded then. */
export const lostRemedy = 'what was known then cannot be loaded any more: it is kept from the first clarion update on';

interface RequiredFrom {
  readonly feedsDir?: string;
  /** The command itself reads no feeds, wherever they are. */
  readonly asStored?: boolean;
  /** The report is about a time: nothing that is loaded from now on is part of it. Own data may have been none then. */
  readonly ofPast?: boolean;
}

/**
 * Rejects a report on an image with these namespaces, whose feeds were never loaded from the source of this run: it would look like a clean
 * result. For feeds that only describe vulnerabilities, it warns if they were loaded from elsewhere.
 */
export async function requireFeeds(
  feeds: readonly FeedSource[],
  namespaces: readonly string[],
  { store, progress, ...from }: Pick<CommandContext, 'store' | 'progress'> & RequiredFrom,
): Promise<void> {
  const states = await store.feedStates();
  const loaded = new Set(states.flatMap(({ feed, lastSuccess }) => (lastSuccess === undefined ? [] : [feed])));
  const missing = feeds.filter((feed) => !loaded.has(feed.id));
  const finding = missing.filter((feed) => findsPackages(roleOf(feed)));
  const needed = finding.filter((feed) => !(from.ofPast === true && feed.own === true));
  for (const feed of missing.filter((one) => !finding.includes(one))) {
    if (otherLocations(feed, states).length === 0) continue;
    progress.warn(`${neverLoaded(feed, states)}: it is not used; ${remedyFor([feed], from, states)}`);
  }
  if (needed.length === 0) return;
  const described = describeMissingData(needed, namespaces, (feed) => neverLoaded(feed, states));
  throw new ClarionError('no-data', described, { remedy: remedyFor(needed, from, states) });
}

/** Names both sources where data from another one exists: that data is not used here. */
export function neverLoaded(feed: FeedSource, states: readonly FeedState[]): string {
  const others = otherLocations(feed, states);
  const never = `${feedName(feed)} was never loaded`;
  return others.length === 0 ? never : `${never} from ${locationOf(feed)} (only from ${others.join(' and ')})`;
}

function remedyFor(
  feeds: readonly FeedSource[],
  { feedsDir, asStored = false, ofPast = false }: RequiredFrom,
  states: readonly FeedState[],
): string {
  if (ofPast) return feeds.some((feed) => otherLocations(feed, states).length > 0) ? asLoadedRemedy : lostRemedy;
  const names = feeds.map((feed) => feedName(feed));
  if (feedsDir === undefined) {
    return `run clarion update ${names.join(' ')} where the network is reachable, or give --feeds-dir DIR`;
  }
  if (asStored) return `run clarion scan with --feeds-dir ${feedsDir} first`;
  return `put what clarion feeds --layout names for ${names.join(', ')} into ${feedsDir}, or name it in feeds.disable`;
}
