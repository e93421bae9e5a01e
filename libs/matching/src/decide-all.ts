import type { AdvisoryGroup, EffectiveImage, PlacedFeature, UndeterminedPackage } from '@clarion/model';
import type { Decided, DecideOptions } from './decide';
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
}

/** Decides all flaws of all packages of an image from what the feeds of the run say about them (`scopedFacts`). */
export async function decideAll(
  image: EffectiveImage,
  facts: MatchFacts,
  options: MatchOptions,
): Promise<AllDecisions> {
  const decisions: PackageDecision[] = [];
  const undetermined: UndeterminedPackage[] = [];
  const suppressedBy: string[] = [];
  const scope = { image: await imageScope(image, facts, options), precedence: precedenceOf(options.feeds) };
  const decideOnce = sharedDecisions(scope);
  for (const { feature, namespace, groups, notes } of await allMatches(image, facts)) {
    const decided = decideOnce(feature, groups);
    for (const decision of decided.decisions) decisions.push({ feature, namespace, decision, notes });
    suppressedBy.push(...decided.suppressedBy);
    for (const { vulnerability, reason } of decided.undecidable) {
      undetermined.push({ package: feature.name, version: feature.version, namespace, reason, vulnerability });
    }
  }
  return { decisions, suppressedBy, undetermined };
}

/** `decide`, remembering its answers: the many binaries of one source mostly meet the same statements. */
function sharedDecisions(
  options: DecideOptions,
): (feature: PlacedFeature, matched: readonly MatchedGroup[]) => Decided {
  const known = new Map<AdvisoryGroup, Map<string, Decided>>();
  return (feature, matched) => {
    const [first] = matched;
    if (first === undefined || matched.some(({ matchedBy }) => matchedBy === 'binary')) {
      return decide(feature, matched, options);
    }
    // All were found by the source, so the first group and their number stand for all of them.
    const key =
      JSON.stringify([first.version, matched.length]) + scopeTraits(feature, options.image.productsOf(feature));
    const answers = known.get(first.group) ?? new Map<string, Decided>();
    known.set(first.group, answers);
    const answer = answers.get(key) ?? decide(feature, matched, options);
    answers.set(key, answer);
    return answer;
  };
}
