import { speaksAbout } from '@clarion/matching';
import type { Composition, SeverityCounts } from '@clarion/model';
import type { Context } from './context';
import type { MissingCounts } from './missing-counts';
import { type Feeds, namespacesOf, neverLoaded } from './needed-feeds';
import type { SubmittedImage } from './use-cases';

export type ViewContext = Pick<Context, 'store' | 'feeds'>;

/** Vulnerabilities by severity, or why there are none to tell. */
export type Counts = SeverityCounts | MissingCounts;

/** The counts of images, in their order. Whether they mean anything depends on the feeds as they are now. */
export async function countsOf(images: readonly SubmittedImage[], context: ViewContext): Promise<readonly Counts[]> {
  const ids = [...new Set(images.flatMap(({ composition }) => (composition === undefined ? [] : [composition])))];
  if (ids.length === 0) return images.map(() => 'not-indexed');
  const { store, feeds } = context;
  const [counts, states] = [await store.counts(ids), await store.feedStates()];
  const byComposition = new Map<string, Counts>();
  for (const id of ids) {
    byComposition.set(id, meaningful(counts.get(id), await store.composition(id), { states, feeds }));
  }
  return images.map(({ composition = '' }) => byComposition.get(composition) ?? 'not-indexed');
}

function meaningful(
  counts: SeverityCounts | null | undefined,
  composition: Composition | undefined,
  { states, feeds }: Feeds,
): Counts {
  const ids = composition === undefined ? [] : namespacesOf(composition);
  if (neverLoaded(ids, { states, feeds }).length > 0 || counts === undefined) return 'no-data';
  if (counts === null) return 'limit-reached';
  const isCovered = feeds.some((feed) => feed.enabled !== false && ids.some((id) => speaksAbout(feed, id)));
  // Own data may speak about what no feed covers.
  return isCovered || Object.values(counts).some((count) => count > 0) ? counts : 'not-covered';
}
