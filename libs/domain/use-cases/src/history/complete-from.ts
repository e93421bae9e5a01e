import { keptSince } from '@clarion/history';
import { findsPackages, participatingFeeds, roleOf } from '@clarion/matching';
import type { FeedSource, HistoryStore } from '@clarion/model';
import type { UseCaseContext } from '../context';
import { namespacesOf } from '../needed-feeds';
import type { SubmittedImage } from '../use-cases';
import { imageAt } from './image-at';
import { factsOfReport } from './report-options-at';
import { requireDataAt } from './require-data-at';

/** A period of the past of an image. Times are in the form of stores. */
export interface AskedPeriod {
  readonly from: string;
  readonly to: string;
  /** The period ends now. */
  readonly isCurrent: boolean;
}

/**
 * The time within a period from which on all that is said of an image is complete: the log was not pruned, and all feeds
 * about it were loaded and are still stored. Throws `history-pruned`, or `no-data`, for a period of which that is never so.
 */
export async function completeFrom(
  image: SubmittedImage,
  { from, to, isCurrent }: AskedPeriod,
  context: UseCaseContext,
): Promise<string> {
  const { store, feeds } = context;
  const then = imageAt(image, to);
  if (isCurrent) await requireDataAt(then, await factsOfReport(context, undefined), undefined);
  await requireDataAt(then, await factsOfReport(context, to), to);
  const composition = then.composition === undefined ? undefined : await store.composition(then.composition);
  const ids = composition === undefined ? [] : namespacesOf(composition);
  return completeSince(from, ids, { store, feeds });
}

/**
 * The time, not before `from`, from which on all that is said of packages of some namespaces is complete: the log was not
 * pruned, and all feeds about them that are loaded now were loaded and are still stored.
 */
export async function completeSince(
  from: string,
  namespaces: readonly string[],
  { store, feeds }: { readonly store: HistoryStore; readonly feeds: readonly FeedSource[] },
): Promise<string> {
  const needed = participatingFeeds(feeds, namespaces).filter((feed) => findsPackages(roleOf(feed)));
  const names = new Set(needed.map(({ id }) => id));
  const loaded = (await store.horizons()).flatMap(({ feed, at }) => (names.has(feed) ? [at] : []));
  const bounds = [(await store.historyFrom()) ?? from, (await keptSince(store, { namespaces, feeds })) ?? from];
  return [from, ...bounds, ...loaded].sort().at(-1) ?? from;
}
