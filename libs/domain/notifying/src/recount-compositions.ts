import { coversPackagesOf } from '@clarion/matching';
import type { DeadlineStore, ImageComposition, FeedSource, ImageStore } from '@clarion/model';
import { createCountRefresh, type RefreshCountsDeps } from './refresh-counts';

export interface RecountDeps extends RefreshCountsDeps {
  readonly store: RefreshCountsDeps['store'] & Pick<ImageStore, 'images'> & Pick<DeadlineStore, 'planDeadlineChecks'>;
}

const pageSize = 200;

type CountedFeed = Pick<FeedSource, 'namespaces' | 'describesAll' | 'own'>;

/**
 * Recounts the vulnerabilities of every composition that one of the feeds applies to, each composition once. A first
 * load notifies nobody of its advisories, but the counts of images must be right. A feed without namespaces describes
 * vulnerabilities of all of them, and own data may apply to any.
 */
export async function recountCompositions(
  feeds: readonly CountedFeed[],
  { store, options }: RecountDeps,
): Promise<void> {
  const seen = new Set<string>();
  const refresh = createCountRefresh({ store, options });
  let after: string | undefined;
  do {
    const page = await store.images({ by: 'all' }, { limit: pageSize, ...(after === undefined ? {} : { after }) });
    const recounted: string[] = [];
    for (const { composition: id } of page.items) {
      if (id === undefined || seen.has(id)) continue;
      seen.add(id);
      const composition = await store.composition(id);
      if (composition !== undefined && feeds.some((feed) => concerns(feed, composition))) {
        await refresh(id);
        recounted.push(id);
      }
    }
    await store.planDeadlineChecks(recounted, options.now.toISOString());
    after = page.next;
  } while (after !== undefined);
}

function concerns(feed: CountedFeed, composition: ImageComposition): boolean {
  if (feed.own === true || feed.describesAll === true || feed.namespaces.length === 0) return true;
  const { namespaces, channels, otherNamespaces = [] } = composition;
  return [...[...namespaces, ...channels].map(({ id }) => id), ...otherNamespaces].some((id) =>
    coversPackagesOf(feed, id),
  );
}
