import { feedSources } from '@clarion/feed-sources';
import { ClarionError, type FeedSource } from '@clarion/model';
import { exitCodes } from '../failure';
import { withFacts } from '../facts';
import { feedsFrom, feedsFromNetwork, refreshFeed } from '../feed-refresh';
import type { CommonSettings } from '../settings';
import { feeds as listFeeds } from './lists';

export interface UpdateSettings extends CommonSettings {
  readonly from?: string;
  readonly force?: boolean;
  readonly list?: boolean;
}

function feedsNamed(ids: readonly string[]): readonly FeedSource[] {
  const unknown = ids.find((id) => !feedSources.some((feed) => feed.id === id));
  if (unknown !== undefined) {
    throw new ClarionError('invalid-input', `There is no feed "${unknown}"`, {
      remedy: `known: ${feedSources.map((feed) => feed.id).join(', ')}`,
    });
  }
  return ids.length === 0 ? feedSources : feedSources.filter((feed) => ids.includes(feed.id));
}

/** `clarion update [FEED…]`: a feed that fails keeps its facts, and the others are updated all the same. */
export async function update(ids: readonly string[], settings: UpdateSettings): Promise<void> {
  if (settings.list) {
    listFeeds({ format: 'table' });
    return;
  }
  const wanted = feedsNamed(ids);
  await withFacts(settings, async (facts) => {
    const { from, force = false } = settings;
    const upstreamFor = from === undefined ? feedsFromNetwork(facts.signal) : feedsFrom(from, facts.signal);
    for (const feed of wanted) {
      if (ids.length > 0 && upstreamFor(feed) === undefined) {
        throw new ClarionError('not-found', `${from ?? ''} has no folder ${feed.id}`);
      }
      if (!(await refreshFeed(feed, { upstreamFor, force }, facts))) process.exitCode = exitCodes.error;
    }
  });
}
