import {
  type AdvisoryState,
  byTexts,
  type EffectiveImage,
  type FeedState,
  sortedTexts,
  type VersionRange,
  type VersionScheme,
} from '@clarion/model';
import { orderVersions } from '@clarion/version-schemes';
import {
  allMatches,
  type Cluster,
  clusterByFlaw,
  coveringNamespaces,
  decidingOf,
  type Held,
  holdAll,
  imageScope,
  type Match,
  type MatchFacts,
  type Outcome,
  outcomeOf,
  precedenceOf,
  type ScopeCheck,
  scopeChecks,
  scopedFacts,
  subjectOf,
} from '@clarion/matching';
import { updatedAtOf } from '../coverage/feed-revision';
import type { ReportOptions } from '../report-options';

/** Why each package of an image is, or is not, affected by one vulnerability. */
export interface Explanation {
  /** As asked for. */
  readonly vulnerability: string;
  /** Other ids of the same flaw that statements about this image's packages give. */
  readonly aliases: readonly string[];
  /** Packages that any statement about it names, in the order of the report. */
  readonly packages: readonly ExplainedPackage[];
  /** Feeds that have data about this image's packages: without packages, all of these are silent. */
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
  readonly source: { readonly name: string; readonly version: string } | null;
  readonly outcome: Outcome['kind'];
  /** State and fixed version of the finding, where there is one. */
  readonly state: AdvisoryState | null;
  readonly fixedIn: string | null;
  readonly fixAvailableIn: string | null;
  /** The rule that decided. */
  readonly rule: string;
  /** What makes all of it less than certain. */
  readonly notes: readonly string[];
  readonly statements: readonly ExplainedStatement[];
}

export interface ExplainedStatement {
  readonly feed: string;
  readonly document: string;
  /** Namespace and package that the statement is about, and which name of the package met it. */
  readonly entry: string;
  readonly matchedBy: 'source' | 'binary';
  readonly id: string;
  readonly advisory: string | null;
  readonly state: AdvisoryState;
  readonly reason: string | null;
  readonly scope: readonly ScopeCheck[];
  /** `1.2-3 < 1.2-5 (dpkg)`; null where the statement names no versions. */
  readonly comparison: string | null;
  readonly verdict: Held['verdict']['kind'] | 'out of scope';
  /** Whether it took part in the decision. */
  readonly counts: boolean;
  readonly note: string | null;
}

/**
 * Explains one vulnerability by the very decisions that a report is made of. `id` is any id of the flaw, in any case;
 * statements that are about other architectures, streams, products are shown with the check they fail.
 */
export async function explainVulnerability(
  image: EffectiveImage,
  stored: MatchFacts,
  { id, ...options }: Pick<ReportOptions, 'feeds' | 'supportChannels'> & { readonly id: string },
): Promise<Explanation> {
  const facts = scopedFacts(stored, options.feeds);
  const context = { image: await imageScope(image, facts, options), precedence: precedenceOf(options.feeds) };
  const aliases = new Set<string>();
  const packages: ExplainedPackage[] = [];
  for (const match of await allMatches(image, facts)) {
    const held = holdAll(match.feature, match.groups, context);
    const asked = clustersOf(held).filter((cluster) => idsOf(cluster).some((one) => isSameId(one, id)));
    if (asked.length === 0) continue;
    // Decisions are made without the statements about something else.
    const decided = clustersOf(held.filter(({ scope }) => scope.kind !== 'other'));
    for (const cluster of asked) {
      for (const alias of idsOf(cluster)) aliases.add(alias);
      const outcome = outcomeFor(cluster, decided);
      packages.push(explained(match, { cluster, outcome }, (one) => scopeChecksOf(one, match, context.image)));
    }
  }
  return {
    vulnerability: id,
    aliases: sortedTexts(aliases).filter((alias) => !isSameId(alias, id)),
    packages: packages.sort(byPackage),
    feeds: feedsAbout(image, await facts.feedStates()),
  };
}

function clustersOf(held: readonly Held[]): readonly Cluster<Held>[] {
  return clusterByFlaw(held, ({ advisory }) => advisory);
}

function idsOf({ id, aliases }: Cluster<Held>): readonly string[] {
  return [id, ...aliases];
}

function isSameId(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}

function outcomeFor(asked: Cluster<Held>, decided: readonly Cluster<Held>[]): Outcome {
  const ids = new Set(idsOf(asked));
  const outcomes = decided
    .filter((one) => idsOf(one).some((id) => ids.has(id)))
    .map(({ members }) => outcomeOf(members));
  const [first = { kind: 'unaffected', rule: 'every advisory is about something else' }] = outcomes;
  return outcomes.find(({ kind }) => kind === 'vulnerable') ?? first;
}

const byPackage = byTexts<ExplainedPackage>(
  (p) => p.namespace,
  (p) => p.name,
  (p) => p.version,
  (p) => p.architecture,
  (p) => p.path,
);

const byStatement = byTexts<ExplainedStatement>(
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
  { feature, namespace, notes }: Match,
  { cluster, outcome }: { readonly cluster: Cluster<Held>; readonly outcome: Outcome },
  checksOf: (held: Held) => readonly ScopeCheck[],
): ExplainedPackage {
  const judgment = outcome.kind === 'vulnerable' ? outcome.judgment : undefined;
  const deciding = new Set(decidingOf(cluster.members));
  const statements = cluster.members.map((held) =>
    explainedStatement(held, { scope: checksOf(held), counts: deciding.has(held) }),
  );
  const { name, version, architecture = null, path, source } = feature;
  return {
    vulnerability: cluster.id,
    ...{ name, version, namespace, architecture, path },
    source: source === undefined ? null : { name: source.name, version: source.version },
    outcome: outcome.kind,
    state: judgment?.state ?? null,
    fixedIn: judgment?.fixedIn ?? null,
    fixAvailableIn: judgment?.fixAvailableIn ?? null,
    rule: outcome.rule,
    notes,
    statements: statements.sort(byStatement),
  };
}

function explainedStatement(
  held: Held,
  { scope, counts }: Pick<ExplainedStatement, 'scope' | 'counts'>,
): ExplainedStatement {
  const { advisory, group } = held;
  return {
    feed: group.feed,
    document: group.document,
    entry: `${group.namespace} ${group.package}`,
    matchedBy: held.matchedBy,
    id: advisory.id,
    advisory: advisory.advisory ?? null,
    state: advisory.state,
    reason: advisory.reason ?? null,
    scope,
    comparison: comparisonOf(held),
    verdict: held.scope.kind === 'other' ? 'out of scope' : held.verdict.kind,
    counts,
    note: held.note ?? (held.counts && !counts ? ownDatabaseFirst : null),
  };
}

function scopeChecksOf(
  { advisory, matchedBy }: Held,
  { feature }: Match,
  image: Parameters<typeof subjectOf>[2],
): readonly ScopeCheck[] {
  return scopeChecks(advisory, subjectOf(feature, matchedBy, image));
}

/** All comparisons that the statement asks for, in the words of its scheme. */
function comparisonOf({ advisory, group, scheme, version }: Held): string | null {
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
): Explanation['feeds'] {
  const ids = [...namespaces, ...channels].map(({ id }) => id);
  const own = new Set([...ids, ...features.flatMap(({ namespace }) => namespace ?? [])].flatMap(coveringNamespaces));
  return states
    .filter(({ documents }) => Object.values(documents).some((one) => one.namespaces.some((id) => own.has(id))))
    .map((state) => ({ id: state.feed, updatedAt: updatedAtOf(state) }))
    .sort(byTexts<Explanation['feeds'][number]>(({ id }) => id));
}
