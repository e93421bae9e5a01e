import {
  createWorkBudget,
  workLimits,
  type Advisory,
  type AdvisoryGroup,
  type EffectiveImage,
  type PlacedProblem,
  type PlacedFeature,
  type UndeterminedPackage,
  type WorkBudget,
} from '@clarion/model';
import type { Decided, DecideOptions, Decision } from './decide';
import { decide } from './decide';
import type { PackageDecision } from './finding';
import { imageScope } from './image-scope';
import type { MatchedGroup } from './lookup';
import { allMatches } from './matches';
import { precedenceOf } from './participating-feeds';
import { scopeTraits } from './scope-checks';
import type { MatchFacts, MatchOptions } from './types';

export interface AllDecisions {
  readonly decisions: readonly PackageDecision[];
  /** For each finding that own data suppressed, the name of the feed that did. */
  readonly suppressedBy: readonly string[];
  readonly undetermined: readonly UndeterminedPackage[];
  /** Why packages were left out: matching all of them would cost too much. */
  readonly exceeded?: PlacedProblem;
}

export interface DecideAllOptions extends MatchOptions {
  /** Only flaws that any statement names by one of these ids, as its own or as an alias; all flaws when absent. */
  readonly about?: ReadonlySet<string>;
}

/**
 * Decides all flaws of all packages of an image from what the feeds of the run say about them (`scopedFacts`). An image
 * may name a package of a thousand flaws 100,000 times: a budget ends that (`options.limits`).
 */
export async function decideAll(
  image: EffectiveImage,
  facts: MatchFacts,
  options: DecideAllOptions,
): Promise<AllDecisions> {
  const decisions: PackageDecision[] = [];
  const undetermined: UndeterminedPackage[] = [];
  const suppressedBy: string[] = [];
  const scope = { image: await imageScope(image, facts, options), precedence: precedenceOf(options.feeds) };
  const budget = createWorkBudget('Matching the image', options.limits ?? workLimits.matching);
  const decideOnce = sharedDecisions(scope, budget);
  for (const { feature, namespace, groups, notes } of await allMatches(image, facts)) {
    const decided = budget.spend(1) ? decideOnce(feature, groups) : undefined;
    if (decided === undefined) break;
    for (const decision of decided.decisions) {
      if (isAbout(decision, options) && budget.keep()) decisions.push({ feature, namespace, decision, notes });
    }
    for (const feed of decided.suppressedBy) if (budget.keep()) suppressedBy.push(feed);
    for (const { vulnerability, reason } of decided.undecidable) {
      if (!budget.keep()) break;
      undetermined.push({ package: feature.name, version: feature.version, namespace, reason, vulnerability });
    }
  }
  const exceeded = budget.problem();
  return { decisions, suppressedBy, undetermined, ...(exceeded && { exceeded: { ...exceeded, layer: null } }) };
}

function isAbout({ cluster }: Decision, { about }: DecideAllOptions): boolean {
  return about === undefined || cluster.members.some(({ advisory }) => names(advisory, about));
}

function names({ id, aliases }: Advisory, ids: ReadonlySet<string>): boolean {
  return ids.has(id) || aliases?.some((alias) => ids.has(alias)) === true;
}

/**
 * `decide`, remembering its answers: the many binaries of one source mostly meet the same statements. Undefined when the
 * budget is used up.
 */
function sharedDecisions(
  options: DecideOptions,
  budget: WorkBudget,
): (feature: PlacedFeature, matched: readonly MatchedGroup[]) => Decided | undefined {
  const decideAnew: ReturnType<typeof sharedDecisions> = (feature, matched) => {
    const statements = matched.reduce((sum, { group }) => sum + group.advisories.length, 0);
    return budget.spend(statements) ? decide(feature, matched, options) : undefined;
  };
  const known = new Map<AdvisoryGroup, Map<string, Decided>>();
  return (feature, matched) => {
    const [first] = matched;
    if (first === undefined || matched.some(({ matchedBy }) => matchedBy === 'binary')) {
      return decideAnew(feature, matched);
    }
    // All were found by the source, so the first group and their number stand for all of them.
    const key =
      JSON.stringify([first.version, matched.length]) + scopeTraits(feature, options.image.productsOf(feature));
    const answers = known.get(first.group) ?? new Map<string, Decided>();
    known.set(first.group, answers);
    const answer = answers.get(key) ?? decideAnew(feature, matched);
    if (answer !== undefined) answers.set(key, answer);
    return answer;
  };
}
