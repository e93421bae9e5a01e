import type { PlacedFeature, WorkBudget } from '@clarion/model';
import type { EvaluateOptions } from '../evaluate/evaluate-advisories';
import type { PackageMatch } from '../lookup/all-matches';
import { meaningOfSilence } from '../lookup/meaning-of-silence';
import { ownersAmong } from '../lookup/owners-among';
import type { MatchFacts, MatchOptions } from '../match-options';
import { type OwnerRule, ownerRule } from './owner-rule';

/** Packages of an image, with the advisories about them. */
export interface OwnedPackages {
  readonly features: readonly PlacedFeature[];
  /** Owners that are not among the features. */
  readonly owners?: readonly PlacedFeature[];
  /** The advisories about all of these packages. */
  readonly all: readonly PackageMatch[];
  /** Those about the requested flaws, where these are not all. */
  readonly matches?: readonly PackageMatch[];
}

interface OwnerRuleOptions extends Pick<MatchOptions, 'feeds'> {
  readonly scope: EvaluateOptions;
  readonly budget: WorkBudget;
}

/** The rule for packages of languages whose files packages of the distribution own. */
export async function ownerRuleOf(
  { features, owners: others = [], all, matches = all }: OwnedPackages,
  facts: Pick<MatchFacts, 'feedStates'>,
  { feeds, scope, budget }: OwnerRuleOptions,
): Promise<OwnerRule> {
  const owners = ownersAmong(features, others.length === 0 ? features : [...features, ...others]);
  if (owners.size === 0) return () => undefined;
  const states = await facts.feedStates();
  const isAbout = ({ groups }: PackageMatch): boolean => groups.some(({ secondary }) => !secondary);
  const known = new Set(all.filter(isAbout).map(({ feature }) => feature));
  return ownerRule({
    ...{ owners, known, scope, budget, matches },
    meaningOfSilence: (namespace) => meaningOfSilence(namespace, states, feeds),
  });
}
