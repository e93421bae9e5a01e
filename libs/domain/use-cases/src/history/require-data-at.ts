import { requireKeptFeeds } from '@clarion/history';
import { ClarionError, type FeedState } from '@clarion/model';
import { describeMissingData } from '@clarion/reporting';
import { namespacesOf, neverLoaded } from '../needed-feeds';
import type { ReportDeps } from '../report-deps';
import type { SubmittedImage } from '../use-cases';

/** What is known of the feeds, now or at a time. */
interface KnownThen {
  readonly settings: Pick<ReportDeps, 'store' | 'feeds'>;
  readonly states: readonly FeedState[];
}

/**
 * Rejects a report on an image whose feeds were not loaded then (`no-data`), or are removed (`history-pruned`): it would
 * look like a clean result.
 */
export async function requireDataAt(
  { composition: id }: Pick<SubmittedImage, 'composition'>,
  { settings: { store, feeds }, states }: KnownThen,
  at: string | undefined,
): Promise<void> {
  const composition = id === undefined ? undefined : await store.composition(id);
  const ids = composition === undefined ? [] : namespacesOf(composition);
  const missing = neverLoaded(ids, { states, feeds });
  if (missing.length === 0) {
    if (at !== undefined) await requireKeptFeeds(store, { at, namespaces: ids, feeds });
    return;
  }
  if (at === undefined) {
    throw new ClarionError('no-data', describeMissingData(missing, ids), {
      remedy: 'wait for the first update of the feeds, or order one',
    });
  }
  const known = new Set(missing.map((feed) => feed.id));
  const since = (await store.horizons()).filter(({ feed }) => known.has(feed)).map((one) => one.at);
  throw new ClarionError('no-data', `At ${at} feeds about this image were not loaded yet: ${[...known].join(', ')}`, {
    remedy:
      since.length < known.size
        ? 'order an update of the feeds, and ask for a time after it'
        : `ask for a time from ${since.sort().at(-1) ?? ''} on`,
    isPermanent: true,
  });
}
