import type {
  EffectiveImage,
  FeedState,
  Finding,
  PlacedProblem,
  Report,
  SuppressedFindings,
  UndeterminedPackage,
} from '@clarion/model';
import { decideAll, type MatchFacts, onSettledFacts, scopedFacts, scopedStates } from '@clarion/matching';
import { coverageOf } from './coverage/coverage';
import { describeFindings } from './findings/describe-findings';
import { nameOfFacts } from './coverage/facts-name';
import { layerInstructions } from './inventory/instruction';
import { inventoryOf } from './inventory/inventory';
import { sortedFindings } from './findings/sort-findings';
import { suppressedFindings } from './findings/suppressed-findings';
import type { ReportOptions } from './report-options';
import { countApart, countBySeverity, isCounted, totalsOf } from './findings/counts';

/** The part of a report that only the packages of an image decide, with what is known of its distribution. */
export interface MatchedPackages {
  /** The feeds that it was made from. */
  readonly states: readonly FeedState[];
  readonly findings: readonly Finding[];
  readonly suppressed: SuppressedFindings;
  readonly undetermined: readonly UndeterminedPackage[];
  /** Why there may be more findings. */
  readonly exceeded?: PlacedProblem;
}

/**
 * Joins the contents of an image with the current facts of the feeds: the whole native report. Opens no layer, and
 * depends only on its arguments: the same image, facts and options give the same report, in any order of either.
 * Only feeds of `options.feeds` take part (`scopedFacts`). Invalid versions, unknown schemes and missing feeds become
 * part of the report; it only rejects when the store does.
 */
export async function makeReport(image: EffectiveImage, stored: MatchFacts, options: ReportOptions): Promise<Report> {
  return reportOf(image, await matchPackages(image, stored, options), options);
}

/**
 * What most of the time for a report goes into. It is the same for all images of a composition whose layers with
 * packages were made by the same instructions (`packageInstructions`).
 */
export async function matchPackages(
  image: EffectiveImage,
  stored: MatchFacts,
  options: ReportOptions,
): Promise<MatchedPackages> {
  const facts = scopedFacts(stored, options.feeds);
  return onSettledFacts(facts, async (states) => {
    const { flaws, suppressed, undetermined, exceeded } = await decideAll(image, facts, options);
    const describing = { ...options, instructions: packageInstructions(image) };
    return {
      ...{ states, undetermined },
      findings: sortedFindings(await describeFindings(flaws, facts, describing)),
      suppressed: await suppressedFindings(suppressed, facts, describing),
      ...(exceeded && { exceeded }),
    };
  });
}

/**
 * What was matched with these states, of `MatchFacts`, if they are of the facts that it was made from: what a report
 * shows of feeds is then what a tag or name of it says. States change without facts: a feed becomes stale and fresh.
 */
export function withStates(
  matched: MatchedPackages,
  states: readonly FeedState[],
  { feeds }: Pick<ReportOptions, 'feeds'>,
): MatchedPackages {
  const scoped = scopedStates(states, feeds);
  return nameOfFacts(scoped) === nameOfFacts(matched.states) ? { ...matched, states: scoped } : matched;
}

/** The instructions that made the layers with packages of an image, by diffID. */
export function packageInstructions(image: EffectiveImage): ReturnType<typeof layerInstructions> {
  const used = new Set(image.features.map(({ layer }) => layer));
  return new Map([...layerInstructions(image)].filter(([layer]) => used.has(layer)));
}

/** The report of an image with what was matched of its packages. */
export function reportOf(
  image: EffectiveImage,
  { states, findings, suppressed, undetermined, exceeded }: MatchedPackages,
  options: ReportOptions,
): Report {
  const matched = exceeded === undefined ? image : { ...image, problems: [...image.problems, exceeded] };
  const { problems, ecosystems: _, ...inventory } = inventoryOf(matched, options);
  return {
    ...inventory,
    findings,
    coverage: coverageOf({ image: matched, states, undetermined }, options),
    suppressed,
    problems,
    summary: countBySeverity(findings),
    totals: totalsOf(findings),
    ...(findings.every(isCounted) ? {} : { countedApart: countApart(findings) }),
  };
}
