import { type FeedWorkDeps, updateFeedOnDemand } from '@clarion/feed-updating';
import { openScratchFile, type UpstreamFor } from '@clarion/feed-upstreams';
import type { WorkHandler, Store } from '@clarion/model';
import { recountCompositions } from '@clarion/notifying';
import { matchOptions, type MatchSettings } from './match-settings';

export interface FeedWorkContext {
  readonly store: Store;
  readonly upstreamFor: UpstreamFor;
  readonly matching: MatchSettings;
  /** Folder for data that does not fit into memory. */
  readonly scratchDirectory: string;
  /** EPSS score whose crossing is a change. */
  readonly epssThreshold: number | undefined;
  /** Name of this process in leases. */
  readonly owner: string;
}

/**
 * The handler of `work.feed`: updates a feed, and counts the vulnerabilities of images for one that is loaded for the
 * first time.
 */
export function feedWork(
  { store, upstreamFor, matching, scratchDirectory, epssThreshold, owner }: FeedWorkContext,
  publishing: Pick<FeedWorkDeps, 'publishPending' | 'onEvent'>,
): WorkHandler<'work.feed'> {
  const { now } = matching;
  return updateFeedOnDemand({
    ...{ store, now, epssThreshold, upstreamFor },
    ...publishing,
    feeds: matching.feeds.filter(({ enabled }) => enabled !== false),
    openScratch: () => openScratchFile(scratchDirectory),
    owner,
    onFirstLoad: (feed) => recountCompositions([feed], { store, options: matchOptions(matching) }),
  });
}
