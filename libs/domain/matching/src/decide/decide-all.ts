import { createTurns } from '@clarion/deadlines';
import {
  type Advisory,
  type AdvisoryGroup,
  byTexts,
  createWorkBudget,
  type EffectiveImage,
  type PlacedFeature,
  type PlacedProblem,
  textLength,
  type UndeterminedPackage,
  type WorkBudget,
  workLimits,
} from '@clarion/model';
import { longestVersion } from '@clarion/version-schemes';
import { decidePackage, type DecidedPackage, type DecidedFlaw } from './decide-package';
import type { EvaluateOptions } from '../evaluate/evaluate-advisories';
import { imageScope } from '../scope/image-scope';
import { type MatchedGroup, sourceOf } from '../lookup/look-up';
import { allMatches, type PackageMatch } from '../lookup/all-matches';
import { precedenceOf } from '../lookup/participating-feeds';
import { scopeTraits } from '../scope/scope-checks';
import { matchesAbout } from '../lookup/matches-about';
import type { MatchFacts, MatchOptions } from '../match-options';

/** All flaws of all packages. */
export interface DecidedImage {
  readonly flaws: readonly PackageFlaw[];
  /** For each finding that own data suppressed, the name of the feed that did. */
  readonly suppressedBy: readonly string[];
  readonly undetermined: readonly UndeterminedPackage[];
  /** Why packages were left out: matching all of them would cost too much. */
  readonly exceeded?: PlacedProblem;
}

export interface DecideAllOptions extends MatchOptions {
  /** Only flaws that any advisory names by one of these ids, as its own or as an alias; all flaws when absent. */
  readonly about?: ReadonlySet<string>;
  /** Whether the image knows where any package came from, where only some of its packages are given. */
  readonly repositoriesKnown?: boolean;
  /** What is left of the work that the image may cost, where its packages are decided in pieces. */
  readonly budget?: WorkBudget;
  /** Ends with the first flaw of this kind. */
  readonly until?: (flaw: DecidedFlaw) => boolean;
}

/**
 * Decides all flaws of all packages of an image from the feeds of the run (`scopedFacts`). An image may name a package
 * of a thousand flaws 100,000 times: a budget ends that (`options.limits`), and the process answers other callers
 * meanwhile.
 */
export async function decideAll(
  image: EffectiveImage,
  facts: MatchFacts,
  options: DecideAllOptions,
): Promise<DecidedImage> {
  const flaws: PackageFlaw[] = [];
  const suppressedBy: string[] = [];
  const undetermined: UndeterminedPackage[] = [];
  const scope = { image: await imageScope(image, facts, options), precedence: precedenceOf(options.feeds) };
  const { budget = matchingBudget(options) } = options;
  const decideOnce = sharedDecisions(scope, budgetedDecisions(scope, budget, options));
  const turns = createTurns();
  for (const { feature, namespace, groups, notes } of await requestedMatches(image, facts, options)) {
    if (turns.isOver()) await turns.next();
    const decided = budget.spend(1) ? decideOnce(feature, groups) : undefined;
    if (decided === undefined) break;
    const length = textLength(feature);
    for (const flaw of decided.flaws) {
      if (budget.keep(length)) flaws.push({ feature, namespace, flaw, notes });
    }
    if (options.until !== undefined && decided.flaws.some(options.until)) break;
    for (const feed of decided.suppressedBy) if (budget.keep()) suppressedBy.push(feed);
    for (const { vulnerability, reason } of decided.undecidable) {
      if (!budget.keep(feature.name.length + feature.version.length)) break;
      undetermined.push({ package: feature.name, version: feature.version, namespace, reason, vulnerability });
    }
  }
  const exceeded = budget.problem();
  return { flaws, suppressedBy, undetermined, ...(exceeded && { exceeded: { ...exceeded, layer: null } }) };
}

/** What matching one image may cost. */
export function matchingBudget({ limits = workLimits.matching }: Pick<MatchOptions, 'limits'>): WorkBudget {
  return createWorkBudget('Matching the image', limits);
}

/** When flaws are requested by id, only advisories about these flaws are evaluated. */
async function requestedMatches(
  image: EffectiveImage,
  facts: MatchFacts,
  { about }: DecideAllOptions,
): Promise<readonly PackageMatch[]> {
  const matches = await allMatches(image, facts);
  return bySource(about === undefined ? matches : matchesAbout(matches, about));
}

/** Packages of one source are neighbours: comparisons with their versions are cached for the next package. */
function bySource(matches: readonly PackageMatch[]): readonly PackageMatch[] {
  return [...matches].sort(byTexts(({ feature }) => sourceOf(feature)?.name ?? feature.name));
}

function isAbout({ cluster }: DecidedFlaw, { about }: DecideAllOptions): boolean {
  return about === undefined || cluster.members.some(({ advisory }) => names(advisory, about));
}

function names({ id, aliases }: Advisory, ids: ReadonlySet<string>): boolean {
  return ids.has(id) || aliases?.some((alias) => ids.has(alias)) === true;
}

type DecideFeature = (feature: PlacedFeature, matched: readonly MatchedGroup[]) => DecidedPackage | undefined;

/** `decidePackage` within a budget, for the requested flaws. Undefined when the budget is used up. */
function budgetedDecisions(scope: EvaluateOptions, budget: WorkBudget, options: DecideAllOptions): DecideFeature {
  return (feature, matched) => {
    if (!budget.spend(workOfAll(matched))) return undefined;
    const decided = decidePackage(feature, matched, scope);
    budget.spend(decided.open * stepsOfOpen);
    if (options.about === undefined) return decided;
    return { ...decided, flaws: decided.flaws.filter((flaw) => isAbout(flaw, options)) };
  };
}

/** Caches decisions: the many binaries of one source mostly match the same advisories. */
function sharedDecisions({ image }: EvaluateOptions, decideNow: DecideFeature): DecideFeature {
  const known = new Map<AdvisoryGroup, Map<string, DecidedPackage>>();
  return (feature, matched) => {
    const [first] = matched;
    if (first === undefined || matched.some(({ matchedBy }) => matchedBy === 'binary')) {
      return decideNow(feature, matched);
    }
    // All were found by the source, so the first group and their number identify all of them.
    const compared = first.version.length > longestVersion ? null : first.version;
    const key = JSON.stringify([compared, matched.length]) + scopeTraits(feature, image.productsOf(feature));
    const answers = known.get(first.group) ?? new Map<string, DecidedPackage>();
    known.set(first.group, answers);
    const answer = answers.get(key) ?? decideNow(feature, matched);
    if (answer !== undefined) answers.set(key, answer);
    return answer;
  };
}

/** Steps of combining the advisories about a flaw that may be open, for each of them. */
const stepsOfOpen = 6;

/** Steps of matching all advisories of some groups with the versions that they are about. */
function workOfAll(matched: readonly MatchedGroup[]): number {
  return matched.reduce((sum, { group, version }) => sum + workOf(group) + placingWork(version), 0);
}

/** Steps of ordering a version: each prefix of an invalid version is tried. */
function placingWork({ length }: string): number {
  return length > longestVersion ? 0 : Math.floor((length * length) / 32);
}

const works = new WeakMap<AdvisoryGroup, number>();

/** Intervals and versions that the advisories of a group name; one at least for each advisory. */
function workOf(group: AdvisoryGroup): number {
  const known = works.get(group);
  if (known !== undefined) return known;
  const work = group.advisories.reduce(
    (sum, { ranges = [], versions = [] }) => sum + Math.max(1, ranges.length + versions.length),
    0,
  );
  works.set(group, work);
  return work;
}

/** A flaw of one package, with what makes it less than certain. */
export interface PackageFlaw {
  readonly feature: PlacedFeature;
  readonly namespace: string;
  readonly flaw: DecidedFlaw;
  readonly notes: readonly string[];
}
