export { clusterByFlaw } from './decide/cluster-by-flaw';
export type { FlawCluster } from './decide/cluster-by-flaw';
export { decideAll, matchingBudget } from './decide/decide-all';
export type { DecidedImage, DecideAllOptions, PackageFlaw, SuppressedFlaw } from './decide/decide-all';
export { decideFlaw, decidingAdvisories } from './decide/decide-flaw';
export type { Decision } from './decide/decide-flaw';
export type { DecidedFlaw, DecidedPackage } from './decide/decide-package';
export type { DecisionCache } from './decide/remembered-decisions';
export { ownerRuleOf } from './decide/owner-rule-of';
export type { OwnerDecision, OwnerRule } from './decide/owner-rule';
export { fixOfAll } from './decide/fix-of-all';
export { nearestFix } from './decide/nearest-fix';
export { decidedPieces } from './decide/decided-pieces';
export type { MatchSubject } from './decide/decided-pieces';
export { evaluateAll } from './evaluate/evaluate-advisories';
export type { EvaluatedAdvisory } from './evaluate/evaluate-advisories';
export { statedFix } from './evaluate/match-version';
export { allMatches, possibleNames } from './lookup/all-matches';
export type { PackageMatch } from './lookup/all-matches';
export { sourceOf } from './lookup/look-up';
export {
  describesPackagesOf,
  findsPackages,
  participatingFeeds,
  precedenceOf,
  roleOf,
} from './lookup/participating-feeds';
export { namespacesWithData } from './lookup/namespaces-with-data';
export { ownersAmong } from './lookup/owners-among';
export { scopedFacts, scopedStates } from './lookup/scoped-facts';
export { onSettledFacts } from './lookup/settled-facts';
export { coveringNamespaces, coversPackagesOf } from './lookup/covering-namespaces';
export type { FeedInfo, MatchFacts, MatchOptions } from './match-options';
export { scopeChecks } from './scope/check-scope';
export type { ScopeCheck } from './scope/check-scope';
export { imageScope, knowsRepositories } from './scope/image-scope';
export { isRepository, ownNamesOf } from './scope/repository';
export { subjectOf } from './scope/scope-checks';
