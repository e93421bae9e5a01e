import { speaksAbout } from '@clarion/matching';
import type { Composition, SeverityCounts } from '@clarion/model';
import type { Context } from './context';
import type { MissingCounts } from './missing-counts';
import { type Feeds, lacksRatings, namespacesOf, neverLoaded } from './needed-feeds';
import type { SubmittedImage } from './use-cases';

export type ViewContext = Pick<Context, 'store' | 'feeds'>;

/** What is counted of an image. */
export interface Counts {
  /** As they were counted last; absent where nothing was. They may mean less than they seem to: see `missing`. */
  readonly counted?: SeverityCounts;
  /** Why the numbers would be taken for more than they are; absent where they mean what they say. */
  readonly missing?: MissingCounts;
}

const notIndexed: Counts = { missing: 'not-indexed' };

/** The counts of images, in their order. Whether they mean anything depends on the feeds as they are now. */
export async function countsOf(images: readonly SubmittedImage[], context: ViewContext): Promise<readonly Counts[]> {
  const ids = [...new Set(images.flatMap(({ composition }) => (composition === undefined ? [] : [composition])))];
  if (ids.length === 0) return images.map(() => notIndexed);
  const { store, feeds } = context;
  const [counts, states] = [await store.counts(ids), await store.feedStates()];
  const byComposition = new Map<string, Counts>();
  for (const id of ids) {
    const counted = counts.get(id);
    const missing = missingOf(counted, await store.composition(id), { states, feeds });
    byComposition.set(id, { ...(counted && { counted }), ...(missing && { missing }) });
  }
  return images.map(({ composition = '' }) => byComposition.get(composition) ?? notIndexed);
}

function missingOf(
  counted: SeverityCounts | null | undefined,
  composition: Composition | undefined,
  feeds: Feeds,
): MissingCounts | undefined {
  const ids = composition === undefined ? [] : namespacesOf(composition);
  if (neverLoaded(ids, feeds).length > 0 || counted === undefined) return 'no-data';
  if (counted === null) return 'limit-reached';
  const isCovered = feeds.feeds.some((feed) => feed.enabled !== false && ids.some((id) => speaksAbout(feed, id)));
  // Own data may speak about what no feed covers.
  if (!isCovered && Object.values(counted).every((count) => count === 0)) return 'not-covered';
  return counted.Unknown > 0 && lacksRatings(ids, feeds) ? 'not-rated' : undefined;
}
