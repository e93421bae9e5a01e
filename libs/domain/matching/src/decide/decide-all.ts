import { createTurns } from '@clarion/deadlines';
import {
  type Advisory,
  type AdvisoryGroup,
  byTexts,
  createWorkBudget,
  type EffectiveImage,
  type PlacedFeature,
  type PlacedProblem,
  type Suppression,
  textLength,
  type UndeterminedPackage,
  type WorkBudget,
  workLimits,
} from '@clarion/model';
import { longestVersion } from '@clarion/version-schemes';
import type { DecidedPackage, DecidedFlaw } from './decide-package';
import type { EvaluateOptions } from '../evaluate/evaluate-advisories';
import { imageScope } from '../scope/image-scope';
import { type MatchedGroup, sourceOf } from '../lookup/look-up';
import { allMatches, type PackageMatch } from '../lookup/all-matches';
import { precedenceOf } from '../lookup/participating-feeds';
import { scopeTraits } from '../scope/scope-checks';
import { matchesAbout } from '../lookup/matches-about';
import { incompleteNames } from './incomplete-names';
import type { OwnerRule } from './owner-rule';
import { ownerRuleOf } from './owner-rule-of';
import { type DecisionCache, rememberedDecisions } from './remembered-decisions';
import { workOfGroups } from './work-of-groups';
import type { MatchFacts, MatchOptions } from '../match-options';

/** All flaws of all packages. */
export interface DecidedImage {
  readonly flaws: readonly PackageFlaw[];
  /** Flaws that are not reported, each with its reason. */
  readonly suppressed: readonly SuppressedFlaw[];
  readonly undetermined: readonly UndeterminedPackage[];
  /** Why packages were left out: matching all of them would cost too much. */
  readonly exceeded?: PlacedProblem;
}

export interface DecideAllOptions extends MatchOptions {
  /** Only flaws that any advisory names by one of these ids, as its own or as an alias; all flaws when absent. */
  readonly about?: ReadonlySet<string>;
  /** Owners (`PlacedFeature.owner`) of the given packages that are not among these: they decide, and are not decided. */
  readonly owners?: readonly PlacedFeature[];
  /** Whether the image knows where any package came from, where only some of its packages are given. */
  readonly repositoriesKnown?: boolean;
  /** What is left of the work that the image may cost, where its packages are decided in pieces. */
  readonly budget?: WorkBudget;
  /** Decisions of earlier runs with facts of the same source; none unless given. */
  readonly decisions?: DecisionCache;
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
  const suppressed: SuppressedFlaw[] = [];
  const undetermined: UndeterminedPackage[] = [];
  const scope = { image: await imageScope(image, facts, options), precedence: precedenceOf(options.feeds) };
  const { budget = matchingBudget(options) } = options;
  const decideOnce = sharedDecisions(scope, budgetedDecisions(scope, budget, options));
  const { matches, byOwner } = await requestedMatches(image, facts, { ...options, scope, budget });
  const turns = createTurns();
  for (const match of matches) {
    const { feature, namespace, groups } = match;
    if (turns.isOver()) await turns.next();
    const decided = budget.spend(1) ? decideOnce(feature, groups) : undefined;
    if (decided === undefined) break;
    const length = textLength(feature);
    const settled = settledFlaws(match, decided, byOwner);
    for (const flaw of settled.flaws) if (budget.keep(length)) flaws.push(flaw);
    if (options.until !== undefined && settled.flaws.some(({ flaw }) => options.until?.(flaw))) break;
    for (const flaw of settled.suppressed) if (budget.keep(length)) suppressed.push(flaw);
    for (const { vulnerability, reason } of decided.undecidable) {
      if (!budget.keep(feature.name.length + feature.version.length)) break;
      undetermined.push({ package: feature.name, version: feature.version, namespace, reason, vulnerability });
    }
  }
  const named = new Set(matches.map(({ feature }) => feature));
  for (const one of await incompleteNames(image.features, (feature) => named.has(feature), facts)) {
    if (!budget.keep(one.package.length + one.version.length + one.reason.length)) break;
    undetermined.push(one);
  }
  const exceeded = budget.problem();
  return { flaws, suppressed, undetermined, ...(exceeded && { exceeded: { ...exceeded, layer: null } }) };
}

/** What is reported of a package, and what is not: for own data, its program, or the owner of its file. */
function settledFlaws(
  { feature, namespace, notes }: PackageMatch,
  decided: DecidedPackage,
  byOwner: OwnerRule,
): Pick<DecidedImage, 'flaws' | 'suppressed'> {
  const suppressed: SuppressedFlaw[] = decided.suppressed.map((one) => ({ feature, namespace, notes, ...one }));
  const flaws: PackageFlaw[] = [];
  for (const flaw of decided.flaws) {
    const owned = feature.owner === undefined ? undefined : byOwner(feature.owner, flaw.cluster);
    if (owned?.kind === 'suppressed') {
      suppressed.push({ feature, namespace, flaw, notes, suppression: owned.suppression });
    } else {
      flaws.push({ feature, namespace, flaw, notes: owned === undefined ? notes : [...notes, owned.note] });
    }
  }
  return { flaws, suppressed };
}

/** What matching one image may cost. */
export function matchingBudget({ limits = workLimits.matching }: Pick<MatchOptions, 'limits'>): WorkBudget {
  return createWorkBudget('Matching the image', limits);
}

interface RequestedOptions extends DecideAllOptions {
  readonly scope: EvaluateOptions;
  readonly budget: WorkBudget;
}

/** When flaws are requested by id, only advisories about these flaws are evaluated. */
async function requestedMatches(
  image: EffectiveImage,
  facts: MatchFacts,
  { about, owners: others = [], feeds, scope, budget }: RequestedOptions,
): Promise<{ readonly matches: readonly PackageMatch[]; readonly byOwner: OwnerRule }> {
  const all = await allMatches(
    others.length === 0 ? image : { ...image, features: [...image.features, ...others] },
    facts,
  );
  const requested = about === undefined ? all : matchesAbout(all, about);
  const isOther = new Set(others);
  const matches = bySource(isOther.size === 0 ? requested : requested.filter(({ feature }) => !isOther.has(feature)));
  const owned = { features: image.features, owners: others, matches: requested, all };
  const byOwner = await ownerRuleOf(owned, facts, { feeds, scope, budget });
  return { matches, byOwner };
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

/** `decidePackage` within a budget, which a remembered decision takes as well, for the requested flaws. Undefined when the budget is used up. */
function budgetedDecisions(scope: EvaluateOptions, budget: WorkBudget, options: DecideAllOptions): DecideFeature {
  const decide = rememberedDecisions(scope, options.decisions);
  return (feature, matched) => {
    if (!budget.spend(workOfGroups(matched))) return undefined;
    const decided = decide(feature, matched);
    budget.spend(decided.open * stepsOfOpen);
    if (options.about === undefined) return decided;
    const isRequested = (flaw: DecidedFlaw): boolean => isAbout(flaw, options);
    const suppressed = decided.suppressed.filter(({ flaw }) => isRequested(flaw));
    return { ...decided, suppressed, flaws: decided.flaws.filter(isRequested) };
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

/** A flaw of one package, with what makes it less than certain. */
export interface PackageFlaw {
  readonly feature: PlacedFeature;
  readonly namespace: string;
  readonly flaw: DecidedFlaw;
  readonly notes: readonly string[];
}

/** A flaw that the package has, or may have, by its own advisories, and why it is not reported. */
export interface SuppressedFlaw extends PackageFlaw {
  readonly suppression: Suppression;
}
