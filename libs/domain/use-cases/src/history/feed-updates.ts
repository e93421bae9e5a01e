import { findsPackages, roleOf } from '@clarion/matching';
import { feedName } from '@clarion/model';
import { revisionOf } from '@clarion/reporting';
import type { UseCaseContext } from '../context';
import type { FeedUpdates, UpdatesRequest } from './history-views';

/** `HistoryUseCases.updates`. */
export async function updatesOfFeeds(
  { of, limit }: UpdatesRequest,
  { store, feeds, ownVulnerabilities }: Pick<UseCaseContext, 'store' | 'feeds' | 'ownVulnerabilities'>,
): Promise<readonly FeedUpdates[]> {
  const chosen = [ownVulnerabilities, ...feeds].filter((feed) => findsPackages(roleOf(feed)) === (of === 'advisories'));
  const all = await Promise.all(
    chosen.map(async (feed): Promise<FeedUpdates> => {
      const { items } = await store.revisions(feed.id, { limit });
      const updates = items.map(({ update, at, state }) => ({ update, at, revision: revisionOf(state) }));
      return { feed: feedName(feed), updates };
    }),
  );
  return all.filter(({ updates }) => updates.length > 0);
}
