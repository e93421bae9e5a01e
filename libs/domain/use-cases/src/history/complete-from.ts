import { keptSince } from '@clarion/history';
import { findsPackages, participatingFeeds, roleOf } from '@clarion/matching';
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
  const needed = participatingFeeds(feeds, ids).filter((feed) => findsPackages(roleOf(feed)));
  const names = new Set(needed.map(({ id }) => id));
  const loaded = (await store.horizons()).flatMap(({ feed, at }) => (names.has(feed) ? [at] : []));
  return (
    [from, (await store.historyFrom()) ?? from, (await keptSince(store, ids)) ?? from, ...loaded].sort().at(-1) ?? from
  );
}
