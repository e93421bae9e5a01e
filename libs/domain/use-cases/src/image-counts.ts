import { type GapFacts, gapsOf, withoutOwned } from '@clarion/reporting';
import {
  type ImageComposition,
  type CompositionCounts,
  type CountedApart,
  type MissingCounts,
  missingCounts,
  type NotRead,
  type ReportTotals,
  severities,
  type SeverityCounts,
} from '@clarion/model';
import type { MatchSettings } from './context';
import { type KnownFeeds, knownFeeds } from './known-feeds';
import { namespacesOf } from './needed-feeds';
import type { SubmittedImage } from './use-cases';

/** Vulnerability counts of an image. */
export interface ImageCounts {
  /** The latest counts; absent if never counted. They may be misleading: see `missing`. */
  readonly counted?: SeverityCounts;
  /** The same ones as unique vulnerabilities and as occurrences; absent where a version counted that did not do so. */
  readonly totals?: ReportTotals;
  /** Findings that are not vulnerabilities, or not certain to be; absent if never counted. */
  readonly countedApart?: CountedApart;
  /** Why the counts would be misleading; absent where they are valid. */
  readonly missing?: MissingCounts;
  /** All reasons why there may be more vulnerabilities than counted, in the order of `missingCounts`. */
  readonly incomplete: readonly MissingCounts[];
}

const notIndexed: ImageCounts = { missing: 'not-indexed', incomplete: ['not-indexed'] };

/** The counts of images, in their order. Whether they are valid depends on the current feeds. */
export async function countsOf(
  images: readonly SubmittedImage[],
  settings: MatchSettings,
): Promise<readonly ImageCounts[]> {
  const ids = [...new Set(images.flatMap(({ composition }) => (composition === undefined ? [] : [composition])))];
  if (ids.length === 0) return images.map(() => notIndexed);
  const { store } = settings;
  const counts = await store.counts(ids);
  const feeds = await knownFeeds(settings);
  const matched = new Map<string, Matched>();
  for (const id of ids) matched.set(id, { counts: counts.get(id), composition: await store.composition(id) });
  return images.map(({ composition = '', notRead = {} }) => {
    const found = matched.get(composition);
    return found === undefined ? notIndexed : countsFor({ ...found, notRead }, feeds);
  });
}

interface Matched {
  /** Undefined if never counted, null if there are too many to count. */
  readonly counts: CompositionCounts | null | undefined;
  readonly composition: ImageComposition | undefined;
}

function countsFor(image: Matched & { readonly notRead: NotRead }, feeds: KnownFeeds): ImageCounts {
  const { counts, composition } = image;
  const ids = composition === undefined ? [] : namespacesOf(composition);
  const isUnknown = counts === undefined || feeds.about(ids).isNeverLoaded;
  const reasons = new Set<MissingCounts>(gapsOf(gapFacts(image, ids, feeds), feeds.feeds));
  if (isUnknown) reasons.add('no-data');
  if (counts === null) reasons.add('limit-reached');
  const isUnrated = (counts?.Unknown ?? 0) > 0;
  const lacksRatings = isUnrated && feeds.lacksRatings(ids, counts?.unrated);
  if (lacksRatings || (isUnrated && feeds.isRaterOff)) reasons.add('not-rated');
  const incomplete = missingCounts.filter((reason) => reasons.has(reason));
  const missing = isUnknown
    ? 'no-data'
    : // An unrated finding may have any severity: no count is valid, unless the feeds with ratings are disabled.
      incomplete.find((reason) => (reason === 'not-rated' ? lacksRatings : makesMeaningless(reason, counts)));
  return { ...(counts && countedOf(counts)), ...(missing && { missing }), incomplete };
}

/** Findings stay valid even if other parts are missing; zero findings mean nothing where something was not scanned. */
function makesMeaningless(reason: MissingCounts, counts: CompositionCounts | null | undefined): boolean {
  if (!counts) return true;
  return reason !== 'stale' && severities.every((severity) => counts[severity] === 0);
}

function gapFacts(
  { counts, composition, notRead }: Matched & { readonly notRead: NotRead },
  ids: readonly string[],
  feeds: KnownFeeds,
): GapFacts {
  const { packages = 1, unplaced = 0, ownedNamespaces = [] } = composition ?? {};
  const { namespaces, feeds: participating } = feeds.about(ids);
  return {
    ...{
      namespaces: withoutOwned(namespaces, new Set(ownedNamespaces), feeds.feeds),
      feeds: participating,
      packages,
      unplaced,
    },
    problems: notRead.problems ?? 0,
    notRead: notRead.ecosystems?.length ?? 0,
    undetermined: counts?.undetermined === true,
    partial: feeds.lacks(counts?.lacking ?? []),
  };
}

function countedOf(counts: CompositionCounts): Pick<ImageCounts, 'counted' | 'totals' | 'countedApart'> {
  const { uniqueVulnerabilities, countedApart = noneApart } = counts;
  const counted = bySeverity(counts);
  const occurrences = severities.reduce((sum, severity) => sum + counted[severity], 0);
  return {
    counted,
    countedApart,
    ...(uniqueVulnerabilities !== undefined && { totals: { uniqueVulnerabilities, occurrences } }),
  };
}

const noneApart: CountedApart = { malicious: 0, informational: 0, otherArchitecture: 0 };

function bySeverity(counts: SeverityCounts): SeverityCounts {
  const { Critical, High, Medium, Low, Negligible, Unknown } = counts;
  return { Critical, High, Medium, Low, Negligible, Unknown };
}
