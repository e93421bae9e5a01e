import type { Finding, PlacedFeature, Statement } from '@clarion/model';
import type { Decision, Held } from './decide';
import { enrichmentOf } from './enrichment';
import { statedFix } from './evaluate';
import { isKernelHeadersOnly, kernelHeadersNote } from './kernel-headers';
import type { Knowledge } from './knowledge';
import { linksOf } from './links';
import { sourceOf } from './lookup';
import { byTexts } from './order';
import { chooseSeverity, rankedTexts } from './severity-choice';

/** A decision about one package, with what makes it less than certain. */
export interface PackageDecision {
  readonly feature: PlacedFeature;
  readonly namespace: string;
  readonly decision: Decision;
  readonly notes: readonly string[];
}

const byStatement = byTexts<Statement>(
  (s) => s.feed,
  (s) => s.id,
  (s) => s.state,
  (s) => s.fixedIn,
  (s) => s.severity,
  (s) => s.reason,
);

/** Turns a decision into a finding of the report, with everything that is known about the vulnerability. */
export function findingOf(of: PackageDecision, { textsOf, scoreOf, severityOrder: order }: Knowledge): Finding {
  const { feature, decision } = of;
  const { cluster } = decision;
  const feeds = new Set(cluster.members.map(({ group }) => group.feed));
  const texts = rankedTexts(textsOf(cluster, of.namespace), feeds);
  const stated = [...cluster.members.map(({ advisory }) => advisory), ...texts].flatMap(({ links = [] }) => links);
  return {
    id: cluster.id,
    aliases: cluster.aliases,
    ...chooseSeverity({ statements: cluster.members, texts, scoreOf, order }),
    state: decision.state,
    fixedIn: decision.fixedIn,
    ...(decision.fixAvailableIn === undefined ? {} : { fixAvailableIn: decision.fixAvailableIn }),
    ...(decision.flawKind === undefined ? {} : { kind: decision.flawKind }),
    ...(decision.certainty === undefined ? {} : { certainty: decision.certainty }),
    package: {
      name: feature.name,
      version: feature.version,
      namespace: of.namespace,
      architecture: feature.architecture ?? null,
      path: feature.path,
      layer: feature.layer,
    },
    source: feature.source === undefined ? null : { name: feature.source.name, version: feature.source.version },
    statements: statementsOf(of),
    ...enrichmentOf(texts),
    links: linksOf(cluster.id, feeds, stated),
  };
}

function statementsOf({ feature, decision, notes }: PackageDecision): readonly Statement[] {
  const ownNotes = isKernelHeadersOnly(feature.name, sourceOf(feature)?.name) ? [kernelHeadersNote] : [];
  const statements = decision.cluster.members
    .map((held) => statementOf(held, [...notes, ...ownNotes]))
    .sort(byStatement);
  // Two documents of one feed (Alpine's main and community) may say the very same.
  return statements.filter(
    (statement, at) => at === 0 || byStatement(statement, statements[at - 1] ?? statement) !== 0,
  );
}

function statementOf({ advisory, group, verdict, note }: Held, notes: readonly string[]): Statement {
  const reasons = [advisory.reason, note, ...notes].filter((reason) => reason !== undefined && reason !== '');
  return {
    feed: group.feed,
    id: advisory.advisory ?? advisory.id,
    state: advisory.state,
    fixedIn: statedFix(advisory, verdict),
    severity: advisory.vendorSeverity ?? advisory.severity ?? null,
    reason: reasons.length === 0 ? null : reasons.join('; '),
  };
}
