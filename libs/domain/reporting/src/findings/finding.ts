import { createTurns } from '@clarion/deadlines';
import { byTexts, evidencePath, type Finding, type PlacedFeature, type FindingAdvisory } from '@clarion/model';
import { type DecidedFlaw, type EvaluatedAdvisory, type PackageFlaw, sourceOf, statedFix } from '@clarion/matching';
import { enrichmentOf } from './enrichment';
import { isKernelHeadersOnly, kernelHeadersNote } from './kernel-headers';
import type { VulnerabilityRecords } from './vulnerability-records';
import { linksOf } from './links';
import { chooseSeverity, rankedTexts } from './severity-choice';

const byReportedOrder = byTexts<FindingAdvisory>(
  (s) => s.feed,
  (s) => s.id,
  (s) => s.state,
  (s) => s.fixedIn,
  (s) => s.severity,
  (s) => s.reason,
);

/**
 * Turns decisions into findings of the report, with everything that is known about the vulnerabilities. The packages of
 * one source mostly share their decisions: members that do not depend on the package are stored once for all of them.
 */
export async function findingsFor(
  decisions: readonly PackageFlaw[],
  records: VulnerabilityRecords,
): Promise<readonly Finding[]> {
  const flaws = new Map<DecidedFlaw, Map<string, FlawPart>>();
  const packages = new Map<PlacedFeature, PackagePart>();
  const findings: Finding[] = [];
  const turns = createTurns();
  for (const of of decisions) {
    if (turns.isOver()) await turns.next();
    const { feature, flaw, namespace } = of;
    const known = flaws.get(flaw) ?? new Map<string, FlawPart>();
    const notes = notesOn(of);
    const key = JSON.stringify([namespace, notes]);
    const part = known.get(key) ?? flawPart({ flaw, namespace, notes }, records);
    const subject = packages.get(feature) ?? packagePart(feature, namespace);
    flaws.set(flaw, known.set(key, part));
    packages.set(feature, subject);
    // A second spread would give each object a separate shape, three times its size.
    findings.push({ package: subject.package, source: subject.source, ...part });
  }
  return findings;
}

type PackagePart = Pick<Finding, 'package' | 'source'>;
type FlawPart = Omit<Finding, keyof PackagePart>;

function packagePart(feature: PlacedFeature, namespace: string): PackagePart {
  const { name, version, architecture = null, layer, source, confidence } = feature;
  const path = evidencePath(feature);
  return {
    package: {
      ...{ name, version, namespace, architecture, path, layer },
      ...(confidence === undefined ? {} : { confidence }),
    },
    source: source === undefined ? null : { name: source.name, version: source.version },
  };
}

function notesOn({ feature, notes }: PackageFlaw): readonly string[] {
  return isKernelHeadersOnly(feature.name, sourceOf(feature)?.name) ? [...notes, kernelHeadersNote] : notes;
}

type FlawOf = Omit<PackageFlaw, 'feature'>;

function flawPart(
  of: FlawOf,
  { textsOf, scoreOf, severityOrder: order, feeds: roles }: VulnerabilityRecords,
): FlawPart {
  const { flaw } = of;
  const { cluster } = flaw;
  const feeds = new Set(cluster.members.map(({ group }) => group.feed));
  const texts = rankedTexts(textsOf(cluster, of.namespace), { stating: feeds, rating: roles.rating });
  const namespaces = cluster.members.flatMap(({ group }) => (roles.own.has(group.feed) ? [] : [group.namespace]));
  const stated = [...cluster.members.map(({ advisory }) => advisory), ...texts].flatMap(({ links = [] }) => links);
  return {
    id: cluster.id,
    aliases: cluster.aliases,
    ...chooseSeverity({ advisories: cluster.members, texts, scoreOf, order }),
    state: flaw.state,
    fixedIn: flaw.fixedIn,
    ...(flaw.fixAvailableIn === undefined ? {} : { fixAvailableIn: flaw.fixAvailableIn }),
    ...(flaw.flawKind === undefined ? {} : { kind: flaw.flawKind }),
    ...(flaw.certainty === undefined ? {} : { certainty: flaw.certainty }),
    statements: findingAdvisories(of),
    ...enrichmentOf(texts),
    links: linksOf(cluster.id, { namespaces, stated }),
  };
}

function findingAdvisories({ flaw, notes }: FlawOf): readonly FindingAdvisory[] {
  const reported = flaw.cluster.members.map((one) => findingAdvisory(one, notes)).sort(byReportedOrder);
  // Two documents of one feed (Alpine's main and community) may say the very same.
  return reported.filter((one, at) => at === 0 || byReportedOrder(one, reported[at - 1] ?? one) !== 0);
}

function findingAdvisory(
  { advisory, group, versionMatch, note }: EvaluatedAdvisory,
  notes: readonly string[],
): FindingAdvisory {
  const reasons = [advisory.reason, note, ...notes].filter((reason) => reason !== undefined && reason !== '');
  return {
    feed: group.feed,
    id: advisory.advisory ?? advisory.id,
    state: advisory.state,
    fixedIn: statedFix(advisory, versionMatch),
    severity: advisory.vendorSeverity ?? advisory.severity ?? null,
    reason: reasons.length === 0 ? null : reasons.join('; '),
  };
}
