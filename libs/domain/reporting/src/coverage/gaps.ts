import { type FeedInfo, findsPackages, coversPackagesOf } from '@clarion/matching';
import {
  type CoveredNamespace,
  type FeedCoverage,
  isGap,
  type ReportCoverage,
  type ReportGap,
  reportGaps,
} from '@clarion/model';

/** What decides whether a report is complete. */
export interface GapFacts {
  readonly namespaces: readonly Pick<CoveredNamespace, 'id' | 'feeds'>[];
  readonly feeds: readonly Pick<FeedCoverage, 'role' | 'updatedAt' | 'stale'>[];
  /** Numbers of packages, and of those without a namespace. */
  readonly packages: number;
  readonly unplaced: number;
  /** Number of problems that may have cost packages. */
  readonly problems: number;
  /** Number of ecosystems that were recognised, not read, and not accepted. */
  readonly notRead: number;
  readonly undetermined: boolean;
  /** Feeds lack documents that would name flaws in it. */
  readonly partial: boolean;
}

/** The reasons in the order of `reportGaps`; none for a complete report. Reports and lists of images both use this. */
export function gapsOf(facts: GapFacts, feeds: readonly FeedInfo[]): readonly ReportGap[] {
  const enabled = feeds.filter((feed) => feed.enabled !== false);
  const isSpokenOf = (id: string): boolean => enabled.some((feed) => coversPackagesOf(feed, id));
  const empty = facts.namespaces.filter((namespace) => namespace.feeds.length === 0).map(({ id }) => id);
  const needed = facts.feeds.filter(({ role }) => findsPackages(role));
  const applies: Readonly<Record<ReportGap, boolean>> = {
    'no-data': empty.some(isSpokenOf) || needed.some(({ updatedAt }) => updatedAt === null),
    'not-covered': empty.some((id) => !isSpokenOf(id)),
    partial: facts.partial,
    'unknown-distribution': facts.unplaced > 0,
    'no-packages': facts.packages === 0,
    problems: facts.problems > 0,
    'not-read': facts.notRead > 0,
    undetermined: facts.undetermined,
    stale: needed.some(({ stale }) => stale),
  };
  return reportGaps.filter((gap) => applies[gap]);
}

/** What decides whether a report is complete, as reports and images have it. */
interface GapsInput {
  readonly packages: readonly { readonly namespace: string | null }[];
  readonly problems: readonly Parameters<typeof isGap>[0][];
  readonly coverage: Omit<ReportCoverage, 'uncovered' | 'complete'>;
}

/** Why a report is not complete; none where `coverage.complete` is true. */
export function gapsOfReport(
  { packages, problems, coverage }: GapsInput,
  feeds: readonly FeedInfo[],
): readonly ReportGap[] {
  const { namespaces, feeds: participating, ecosystems, undetermined } = coverage;
  const facts: GapFacts = {
    namespaces,
    feeds: participating,
    packages: packages.length,
    unplaced: packages.filter(({ namespace }) => namespace === null).length,
    problems: problems.filter(isGap).length,
    notRead: ecosystems.filter(({ accepted }) => !accepted).length,
    undetermined: undetermined.some(({ noAdvisories }) => noAdvisories !== true),
    partial: namespaces.some(({ partial }) => partial !== undefined),
  };
  return gapsOf(facts, feeds);
}
