import { ClarionError, type FeedSource, feedName } from '@clarion/model';
import { exitCodes } from '../failure';
import { withCommandContext } from '../command-context';
import { refreshFeed, upstreams } from '../feed-refresh';
import { feedsOf, type ScanFeedSettings } from '../scan-feeds';
import type { CommonSettings } from '../settings';
import { feeds as listFeeds } from './lists';

export interface UpdateSettings extends CommonSettings, Pick<ScanFeedSettings, 'feedsDir'> {
  readonly from?: string;
  readonly force?: boolean;
  readonly list?: boolean;
}

/** The enabled feeds; naming a feed enables it for this run. */
function feedsNamed(ids: readonly string[], settings: UpdateSettings): readonly FeedSource[] {
  const { from, feedsDir, ...common } = settings;
  // Data from --from goes into the cache itself; a folder of --feeds-dir is only used by runs that name it too.
  const feeds = feedsOf({ ...common, ...(from === undefined && feedsDir !== undefined ? { feedsDir } : {}) });
  const unknown = ids.find((id) => !feeds.some((feed) => feedName(feed) === id));
  if (unknown !== undefined) {
    throw new ClarionError('invalid-input', `There is no feed "${unknown}"`, {
      remedy: `known: ${feeds.map((feed) => feedName(feed)).join(', ')}`,
    });
  }
  return feeds.filter((feed) => (ids.length === 0 ? feed.enabled !== false : ids.includes(feedName(feed))));
}

/** `clarion update [FEED…]`: a feed that fails keeps its facts, and the others are still updated. */
export async function update(ids: readonly string[], settings: UpdateSettings): Promise<void> {
  if (settings.list) {
    await listFeeds({ ...settings, format: 'table' });
    return;
  }
  const wanted = feedsNamed(ids, settings);
  await withCommandContext(
    settings,
    async (facts) => {
      const { feedsDir, from = feedsDir, force = false } = settings;
      const upstreamFor = upstreams(from, facts.signal);
      for (const feed of wanted) {
        if (!(await refreshFeed(feed, { upstreamFor, force }, facts))) process.exitCode = exitCodes.error;
        if (feed.enabled === false)
          facts.progress.warn(`${feedName(feed)} is off, and takes part in no report (feeds.enable, feeds.disable)`);
      }
    },
    { writes: true },
  );
}
