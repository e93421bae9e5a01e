import { createTurns } from '@clarion/deadlines';
import {
  byTexts,
  type Digest,
  evidencePath,
  type Finding,
  type PlacedFeature,
  type FindingAdvisory,
  sortedTexts,
  type VulnerabilityRecord,
} from '@clarion/model';
import { type DecidedFlaw, type EvaluatedAdvisory, type PackageFlaw, sourceOf, statedFix } from '@clarion/matching';
import { enrichmentOf } from './enrichment';
import { confidenceOf } from '../inventory/confidence';
import { isKernelHeadersOnly, kernelHeadersNote } from './kernel-headers';
import type { VulnerabilityRecords } from './vulnerability-records';
import { purlOf } from '../inventory/purl';
import { linksOf } from './links';
import { remedyOf } from './remedy';
import { type ChosenSeverity, chooseSeverity, rankedTexts } from './severity-choice';

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
  instructions: ReadonlyMap<Digest, string>,
): Promise<readonly Finding[]> {
  const flaws = new Map<DecidedFlaw, Map<string, FlawPart>>();
  const packages = new Map<PlacedFeature, PackagePart>();
  const findings: Finding[] = [];
  const describing = { records, key: recordsKey(records) };
  const turns = createTurns();
  for (const of of decisions) {
    if (turns.isOver()) await turns.next();
    const { feature, flaw, namespace } = of;
    const known = flaws.get(flaw) ?? new Map<string, FlawPart>();
    const notes = notesOn(of);
    const key = JSON.stringify([namespace, notes]);
    const part = known.get(key) ?? rememberedPart({ flaw, namespace, notes }, key, describing);
    const subject = packages.get(feature) ?? packagePart(of, instructions);
    flaws.set(flaw, known.set(key, part));
    packages.set(feature, subject);
    const remedy = remedyOf(feature, part);
    // A second spread would give each object a separate shape, three times its size.
    const described = { package: subject.package, source: subject.source, ...part };
    findings.push(remedy === undefined ? described : { ...described, remedy });
  }
  return findings;
}

type PackagePart = Pick<Finding, 'package' | 'source'>;
type FlawPart = Omit<Finding, keyof PackagePart | 'remedy'>;

function packagePart({ feature, namespace }: PackageFlaw, instructions: ReadonlyMap<Digest, string>): PackagePart {
  const { name, version, type, architecture = null, layer, source, owner } = feature;
  const confidence = confidenceOf(feature);
  const path = evidencePath(feature);
  const instruction = instructions.get(layer);
  return {
    package: {
      ...{ name, version, namespace, type, architecture, path, layer, purl: purlOf(feature) },
      ...(instruction === undefined ? {} : { instruction }),
      ...(confidence === undefined ? {} : { confidence }),
      ...(owner === undefined ? {} : { owner }),
    },
    source: source === undefined ? null : { name: source.name, version: source.version },
  };
}

function notesOn({ feature, notes }: PackageFlaw): readonly string[] {
  return isKernelHeadersOnly(feature.name, sourceOf(feature)?.name) ? [...notes, kernelHeadersNote] : notes;
}

type FlawOf = Omit<PackageFlaw, 'feature'>;

interface Describing {
  readonly records: VulnerabilityRecords;
  /** Names what the order of records and severities follows from. */
  readonly key: string;
}

function recordsKey({ severityOrder, feeds }: VulnerabilityRecords): string {
  return JSON.stringify([severityOrder, [...feeds.rating], [...feeds.own]]);
}

/** The members of a finding that do not depend on the package, with the records that they are made from. */
interface DescribedFlaw {
  readonly texts: readonly VulnerabilityRecord[];
  readonly part: FlawPart;
}

/** Where decisions stay in memory (`DecisionCache`), flaws with the very same records are not described again. */
const describedFlaws = new WeakMap<DecidedFlaw, Map<string, DescribedFlaw>>();
/** Of one flaw, by namespace, notes, and what feeds are configured. */
const mostOfFlaw = 4;

function rememberedPart(of: FlawOf, key: string, { records, key: ofRecords }: Describing): FlawPart {
  const texts = records.textsOf(of.flaw.cluster, of.namespace);
  const known = describedFlaws.get(of.flaw) ?? new Map<string, DescribedFlaw>();
  const name = `${key} ${ofRecords}`;
  const found = known.get(name);
  if (found?.texts.length === texts.length && texts.every((text, at) => text === found.texts[at])) return found.part;
  const part = flawPart(of, texts, records);
  if (known.size >= mostOfFlaw) known.clear();
  describedFlaws.set(of.flaw, known.set(name, { texts, part }));
  return part;
}

function flawPart(
  of: FlawOf,
  unranked: readonly VulnerabilityRecord[],
  { scoreOf, severityOrder: order, feeds: roles }: Omit<VulnerabilityRecords, 'textsOf'>,
): FlawPart {
  const { flaw } = of;
  const { cluster } = flaw;
  const feeds = new Set(cluster.members.map(({ group }) => group.feed));
  const texts = rankedTexts(unranked, { stating: feeds, rating: roles.rating });
  const namespaces = cluster.members.flatMap(({ group }) => (roles.own.has(group.feed) ? [] : [group.namespace]));
  const stated = [...cluster.members.map(({ advisory }) => advisory), ...texts].flatMap(({ links = [] }) => links);
  return {
    id: cluster.id,
    aliases: cluster.aliases,
    ...severityOf(flaw, chooseSeverity({ advisories: cluster.members, texts, scoreOf, order })),
    state: flaw.state,
    fixedIn: flaw.fixedIn,
    ...(flaw.nearestFix === undefined ? {} : { nearestFix: flaw.nearestFix }),
    ...(flaw.fixesAll === undefined ? {} : { fixesAll: flaw.fixesAll }),
    ...(flaw.fixAvailableIn === undefined ? {} : { fixAvailableIn: flaw.fixAvailableIn }),
    ...(flaw.flawKind === undefined ? {} : { kind: flaw.flawKind }),
    ...(flaw.certainty === undefined ? {} : { certainty: flaw.certainty }),
    statements: findingAdvisories(of),
    ...enrichmentOf(texts),
    ...describedByAdvisory(flaw, texts),
    links: linksOf(cluster.id, { namespaces, stated }),
  };
}

/** A malicious package is critical, whatever a feed rates the way that it came in. */
function severityOf({ flawKind }: DecidedFlaw, chosen: ChosenSeverity): ChosenSeverity {
  if (flawKind !== 'malicious' || chosen.severity === 'Critical') return chosen;
  const source = chosen.severities.find(({ severity }) => severity === 'Critical')?.source ?? null;
  return { ...chosen, severity: 'Critical', severitySource: source };
}

/** Of a malicious package no record is kept, only what its advisory says in a line. */
function describedByAdvisory(
  { flawKind, cluster }: DecidedFlaw,
  texts: readonly VulnerabilityRecord[],
): Partial<Pick<Finding, 'description'>> {
  if (flawKind !== 'malicious' || texts.some(({ description }) => description !== undefined)) return {};
  const reasons = cluster.members.flatMap(({ advisory: { kind, reason } }) =>
    kind === 'malicious' ? (reason ?? []) : [],
  );
  return { description: sortedTexts(reasons)[0] ?? null };
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
