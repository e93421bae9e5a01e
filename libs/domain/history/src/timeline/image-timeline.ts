import { possibleNames, scopedFacts } from '@clarion/matching';
import { byTexts, createWorkBudget, feedName, workLimits } from '@clarion/model';
import { decidePiece } from './decide-piece';
import type { ReplayContext } from './decisions';
import { describeSegments, type DescribedFinding } from './describe-segments';
import { type FeedPeriod, feedPeriods, type Period } from './feed-periods';
import { type FindingInterval, findingIntervals } from './finding-history';
import { IdsNow } from './ids-now';
import { StepRegistry } from './step-registry';
import { packageKey, type PieceOfSubject, piecesOf, type SubjectPeriod } from './subject-periods';

/** Every finding that an image ever had within a period. */
export interface ImageTimeline {
  readonly feeds: readonly FeedPeriod[];
  /** By the time when they appeared, then by id and package. */
  readonly findings: readonly FindingInterval[];
}

/** What a time line is made from. */
export interface TimelineSources extends Pick<ReplayContext, 'store' | 'options'> {
  readonly signal?: AbortSignal | undefined;
}

/** A time line decides again and again: ten times the work of one report. */
const limits = { ...workLimits.matching, steps: 200_000_000, facts: 1_000_000, characters: 160 * 1024 * 1024 };

/**
 * The findings of an image through a period: what reports made at each moment of it would say, and why that changed.
 * `images` are what was known of its packages, oldest first. Opens no layer. Throws `history-pruned` for a period that
 * begins before the log, `limit-exceeded`, and the reason of a signal that aborts.
 */
export async function imageTimeline(
  images: readonly SubjectPeriod[],
  period: Period,
  { store, options, signal }: TimelineSources,
): Promise<ImageTimeline> {
  const ofPeriod = images.filter(({ until }) => until === undefined || until > period.from);
  const within = ofPeriod.filter((_, index) => index === 0 || (ofPeriod[index - 1]?.until ?? '') <= period.to);
  const feeds = await feedPeriods(store, period);
  const named = new Map(options.feeds.map((feed) => [feed.id, feed]));
  const steps = new StepRegistry(period.from, {
    nameOf: (id) => feedName(named.get(id) ?? { id }),
    isOwn: (id) => named.get(id)?.own === true,
  });
  const budget = createWorkBudget('The time line of the image', limits);
  const findings: FindingInterval[] = [];
  for (const pieces of piecesOf(within)) {
    findings.push(...(await pieceTimeline(pieces, { store, feeds, options, steps, budget, signal })));
  }
  return { feeds, findings: findings.sort(byTime) };
}

const byTime = byTexts<FindingInterval>(
  ({ from }) => from,
  ({ id }) => id,
  ({ package: of }) => of.name,
  ({ package: of }) => of.version,
  ({ package: of }) => of.architecture,
  ({ package: of }) => of.path,
);

async function pieceTimeline(
  pieces: readonly PieceOfSubject[],
  context: ReplayContext,
): Promise<readonly FindingInterval[]> {
  const { segments, facts } = await decidePiece(pieces, context);
  const described = await describeSegments(segments, context);
  const byPackage = new Map<string, DescribedFinding[]>();
  for (const one of described) {
    const known = byPackage.get(one.key);
    if (known === undefined) byPackage.set(one.key, [one]);
    else known.push(one);
  }
  const scoped = scopedFacts({ ...facts, ...noOtherFacts }, context.options.feeds);
  const names = new Map(
    pieces.flatMap(({ features, subject }) =>
      features.map((feature) => [packageKey(feature), possibleNames(feature, subject.channels)] as const),
    ),
  );
  const known = new Map<string, IdsNow>();
  const findings: FindingInterval[] = [];
  for (const [key, of] of byPackage) {
    const asked = names.get(key) ?? [];
    const named = JSON.stringify(asked);
    const ids = known.get(named) ?? new IdsNow(await scoped.advisories(asked));
    known.set(named, ids);
    findings.push(...findingIntervals(of, ids));
  }
  return findings;
}

const noOtherFacts = {
  feedStates: () => Promise.resolve([]),
  packageNames: () => Promise.resolve([]),
  repositories: () => Promise.resolve([]),
  vulnerabilities: () => Promise.resolve([]),
};
