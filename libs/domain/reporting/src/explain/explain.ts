import {
  type AdvisoryState,
  byTexts,
  type EffectiveImage,
  type Digest,
  evidencePath,
  type FindingKind,
  type FeedState,
  type PackageConfidence,
  sortedTexts,
  type Suppression,
  type VersionRange,
  type VersionScheme,
} from '@clarion/model';
import { orderVersions } from '@clarion/version-schemes';
import {
  allMatches,
  matchingBudget,
  type OwnerDecision,
  ownerRuleOf,
  type FlawCluster,
  clusterByFlaw,
  coveringNamespaces,
  decidingAdvisories,
  type EvaluatedAdvisory,
  evaluateAll,
  imageScope,
  type PackageMatch,
  type MatchFacts,
  type Decision,
  precedenceOf,
  type ScopeCheck,
  scopeChecks,
  scopedFacts,
  subjectOf,
} from '@clarion/matching';
import { updatedAtOf } from '../coverage/feed-revision';
import { confidenceOf } from '../inventory/confidence';
import { layerInstructions } from '../inventory/instruction';
import { type DecidedCluster, decidedCluster, fixesOf } from './explained-fix';
import type { ReportOptions } from '../report-options';

/** Why each package of an image is, or is not, affected by one vulnerability. */
export interface VulnerabilityExplanation {
  /** As requested. */
  readonly vulnerability: string;
  /** Other ids of the same flaw, from the advisories about this image's packages. */
  readonly aliases: readonly string[];
  /** Packages that any advisory about it names, in the order of the report. */
  readonly packages: readonly ExplainedPackage[];
  /** Feeds that have data about this image's packages: where `packages` is empty, none of them mentions the flaw. */
  readonly feeds: readonly { readonly id: string; readonly updatedAt: string | null }[];
}

export interface ExplainedPackage {
  /** Canonical id of the flaw. */
  readonly vulnerability: string;
  readonly name: string;
  readonly version: string;
  readonly namespace: string;
  readonly architecture: string | null;
  readonly path: string;
  readonly layer: Digest;
  /** What made the layer, as far as the image says. */
  readonly instruction?: string;
  /** Absent when exact. */
  readonly confidence?: PackageConfidence;
  readonly source: { readonly name: string; readonly version: string } | null;
  readonly decision: Decision['kind'];
  /** State and fixed version of the finding, where there is one. */
  readonly state: AdvisoryState | null;
  readonly fixedIn: string | null;
  readonly fixAvailableIn: string | null;
  /** As in findings: of packages of languages, but for `fixesAll`. */
  readonly nearestFix?: string | null;
  readonly fixesAll?: string;
  readonly remedy?: string;
  /** Of a finding that is no vulnerability. */
  readonly kind?: FindingKind;
  /** The rule that decided. */
  readonly rule: string;
  /** Of a package of a language: name of the distribution's package that owns the file at `path`. */
  readonly owner?: string;
  /** Present where the distribution decided for its own file, or the program, against advisories about the package. */
  readonly suppressedBy?: Suppression;
  /** What makes all of it less than certain. */
  readonly notes: readonly string[];
  readonly advisories: readonly ExplainedAdvisory[];
}

export interface ExplainedAdvisory {
  readonly feed: string;
  readonly document: string;
  /** Namespace and package that the advisory is about, and which name of the package matched it. */
  readonly entry: string;
  readonly matchedBy: 'source' | 'binary';
  readonly id: string;
  readonly advisory: string | null;
  readonly state: AdvisoryState;
  readonly reason: string | null;
  readonly scope: readonly ScopeCheck[];
  /** `1.2-3 < 1.2-5 (dpkg)`; null where the advisory names no versions. */
  readonly comparison: string | null;
  readonly match: EvaluatedAdvisory['versionMatch']['kind'] | 'out of scope';
  /** Whether it took part in the decision. */
  readonly counts: boolean;
  readonly note: string | null;
}

/**
 * Explains one vulnerability with the same decisions that a report uses. `id` is any id of the flaw, in any case.
 * Advisories about other architectures, streams or products are shown with the check that fails.
 */
export async function explainVulnerability(
  image: EffectiveImage,
  stored: MatchFacts,
  { id, ...options }: Pick<ReportOptions, 'feeds' | 'supportChannels'> & { readonly id: string },
): Promise<VulnerabilityExplanation> {
  const facts = scopedFacts(stored, options.feeds);
  const context = { image: await imageScope(image, facts, options), precedence: precedenceOf(options.feeds) };
  const all = await allMatches(image, facts);
  const owned = { scope: context, budget: matchingBudget({}), feeds: options.feeds };
  const byOwner = await ownerRuleOf({ features: image.features, all }, facts, owned);
  const instructions = layerInstructions(image);
  const aliases = new Set<string>();
  const packages: ExplainedPackage[] = [];
  for (const match of all) {
    const evaluated = evaluateAll(match.feature, match.groups, context);
    const asked = clustersOf(evaluated).filter((cluster) => idsOf(cluster).some((one) => isSameId(one, id)));
    if (asked.length === 0) continue;
    // Advisories about something else take no part in decisions.
    const decided = clustersOf(evaluated.filter(({ scope }) => scope.kind !== 'other')).map(decidedCluster);
    for (const cluster of asked) {
      for (const alias of idsOf(cluster)) aliases.add(alias);
      const found = decisionFor(cluster, decided);
      const { decision } = found;
      const { owner } = match.feature;
      const owned = owner !== undefined && decision.kind === 'vulnerable' ? byOwner(owner, cluster) : undefined;
      const checksOf = (one: EvaluatedAdvisory): readonly ScopeCheck[] => scopeChecksOf(one, match, context.image);
      const one = explained(match, { cluster, decision }, checksOf);
      const instruction = instructions.get(match.feature.layer);
      const shown = { ...one, ...(instruction && { instruction }), ...fixesOf(match.feature, found, decided) };
      packages.push(settledByOwner(shown, owned));
    }
  }
  return {
    vulnerability: id,
    aliases: sortedTexts(aliases).filter((alias) => !isSameId(alias, id)),
    packages: packages.sort(byPackage),
    feeds: feedsAbout(image, await facts.feedStates()),
  };
}

function clustersOf(evaluated: readonly EvaluatedAdvisory[]): readonly FlawCluster<EvaluatedAdvisory>[] {
  return clusterByFlaw(evaluated, ({ advisory }) => advisory);
}

function idsOf({ id, aliases }: FlawCluster<EvaluatedAdvisory>): readonly string[] {
  return [id, ...aliases];
}

function isSameId(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}

function decisionFor(asked: FlawCluster<EvaluatedAdvisory>, decided: readonly DecidedCluster[]): DecidedCluster {
  const ids = new Set(idsOf(asked));
  const found = decided.filter(({ cluster }) => idsOf(cluster).some((id) => ids.has(id)));
  const [first = { cluster: asked, decision: unaffected }] = found;
  return found.find(({ decision: { kind } }) => kind === 'vulnerable') ?? first;
}

const unaffected: Decision = { kind: 'unaffected', rule: 'every advisory is about something else' };

/** The flaw is in the package by the advisories about it; those about its owner decide whether it is reported. */
function settledByOwner(explained: ExplainedPackage, owned: OwnerDecision | undefined): ExplainedPackage {
  if (owned === undefined) return explained;
  if (owned.kind === 'kept') return { ...explained, notes: [...explained.notes, owned.note] };
  const { suppression } = owned;
  const { kind: _, nearestFix: __, fixesAll: ___, remedy: ____, ...suppressed } = explained;
  return {
    ...suppressed,
    ...{ decision: 'suppressed', rule: suppression.reason, suppressedBy: suppression },
    ...{ state: null, fixedIn: null, fixAvailableIn: null },
  };
}

const byPackage = byTexts<ExplainedPackage>(
  (p) => p.namespace,
  (p) => p.name,
  (p) => p.version,
  (p) => p.architecture,
  (p) => p.path,
);

const byAdvisory = byTexts<ExplainedAdvisory>(
  (s) => s.feed,
  (s) => s.document,
  (s) => s.entry,
  (s) => s.advisory,
  (s) => s.id,
  (s) => s.state,
  (s) => s.comparison,
);

const ownDatabaseFirst = 'the own database of the ecosystem comes before that of GitHub';

function explained(
  { feature, namespace, notes }: PackageMatch,
  { cluster, decision }: { readonly cluster: FlawCluster<EvaluatedAdvisory>; readonly decision: Decision },
  checksOf: (evaluated: EvaluatedAdvisory) => readonly ScopeCheck[],
): ExplainedPackage {
  const flaw = decision.kind === 'vulnerable' ? decision.flaw : undefined;
  const deciding = new Set(decidingAdvisories(cluster.members));
  const advisories = cluster.members.map((evaluated) =>
    explainedAdvisory(evaluated, { scope: checksOf(evaluated), counts: deciding.has(evaluated) }),
  );
  const { name, version, architecture = null, layer, source, owner } = feature;
  const confidence = confidenceOf(feature);
  return {
    vulnerability: cluster.id,
    ...{ name, version, namespace, architecture, path: evidencePath(feature), layer },
    ...(confidence === undefined ? {} : { confidence }),
    source: source === undefined ? null : { name: source.name, version: source.version },
    decision: decision.kind,
    state: flaw?.state ?? null,
    fixedIn: flaw?.fixedIn ?? null,
    fixAvailableIn: flaw?.fixAvailableIn ?? null,
    ...(flaw?.flawKind === undefined ? {} : { kind: flaw.flawKind }),
    rule: decision.rule,
    ...(owner === undefined ? {} : { owner }),
    ...(decision.kind === 'suppressed' && decision.suppression && { suppressedBy: decision.suppression }),
    notes,
    advisories: advisories.sort(byAdvisory),
  };
}

function explainedAdvisory(
  evaluated: EvaluatedAdvisory,
  { scope, counts }: Pick<ExplainedAdvisory, 'scope' | 'counts'>,
): ExplainedAdvisory {
  const { advisory, group } = evaluated;
  return {
    feed: group.feed,
    document: group.document,
    entry: `${group.namespace} ${group.package}`,
    matchedBy: evaluated.matchedBy,
    id: advisory.id,
    advisory: advisory.advisory ?? null,
    state: advisory.state,
    reason: advisory.reason ?? null,
    scope,
    comparison: comparisonOf(evaluated),
    match: evaluated.scope.kind === 'other' ? 'out of scope' : evaluated.versionMatch.kind,
    counts,
    note: evaluated.note ?? (evaluated.counts && !counts ? ownDatabaseFirst : null),
  };
}

function scopeChecksOf(
  { advisory, matchedBy }: EvaluatedAdvisory,
  { feature }: PackageMatch,
  image: Parameters<typeof subjectOf>[2],
): readonly ScopeCheck[] {
  return scopeChecks(advisory, subjectOf(feature, matchedBy, image));
}

/** All version comparisons of the advisory, with the name of its scheme. */
function comparisonOf({ advisory, group, scheme, version }: EvaluatedAdvisory): string | null {
  const { ranges = [], versions } = advisory;
  const parts = ranges.map((range) => rangeText(range, version, scheme));
  if (versions !== undefined) parts.push(`${version} ${versions.includes(version) ? 'is' : 'is not'} listed by itself`);
  return parts.length === 0 ? null : `${parts.join(' or ')} (${group.scheme})`;
}

function rangeText(range: VersionRange, version: string, scheme: VersionScheme | undefined): string {
  if (range.fixed === '0' || range.fixed === '#MINV#') return 'no version is affected';
  const bounds = [range.introduced, range.fixed, range.lastAffected, range.limit].filter(
    (bound) => bound !== undefined && bound !== '0' && bound !== '*',
  );
  if (bounds.length === 0) return 'every version is affected';
  return bounds.map((bound) => `${version} ${relation(version, bound ?? '', scheme)} ${bound ?? ''}`).join(' and ');
}

function relation(a: string, b: string, scheme: VersionScheme | undefined): string {
  const order = scheme === undefined ? undefined : orderVersions(scheme, a, b);
  if (order === undefined) return '?';
  return order < 0 ? '<' : order > 0 ? '>' : '=';
}

function feedsAbout(
  { namespaces, channels, features }: EffectiveImage,
  states: readonly FeedState[],
): VulnerabilityExplanation['feeds'] {
  const ids = [...namespaces, ...channels].map(({ id }) => id);
  const own = new Set([...ids, ...features.flatMap(({ namespace }) => namespace ?? [])].flatMap(coveringNamespaces));
  return states
    .filter(({ documents }) => Object.values(documents).some((one) => one.namespaces.some((id) => own.has(id))))
    .map((state) => ({ id: state.feed, updatedAt: updatedAtOf(state) }))
    .sort(byTexts<VulnerabilityExplanation['feeds'][number]>(({ id }) => id));
}
