import {
  ClarionError,
  compareSeverity,
  compareText,
  type FindingSeverity,
  type Severity,
  type VulnerabilityRecord,
} from '@clarion/model';
import type { EvaluatedAdvisory } from '@clarion/matching';
import { sourceKindOf, type SeveritySourceKind, severitySourceKinds } from './severity-source-kind';

/** Reads `nvd,advisory`. Throws `ClarionError` `invalid-input` for an unknown name. */
export function parseSeverityOrder(text: string): readonly SeveritySourceKind[] {
  return text.split(',').map((part) => {
    const found = severitySourceKinds.find((kind) => kind === part.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new ClarionError('invalid-input', `There is no source of severities "${part.slice(0, 80)}"`, {
      remedy: `known: ${severitySourceKinds.join(', ')}`,
    });
  });
}

export interface ChosenSeverity {
  readonly severity: Severity;
  /** Id of the feed that gives it, or null when no feed does. */
  readonly severitySource: string | null;
  /** All values, most trusted first. */
  readonly severities: readonly FindingSeverity[];
}

/** What a choice is made from. */
export interface SeverityEvidence {
  readonly advisories: readonly EvaluatedAdvisory[];
  readonly texts: readonly VulnerabilityRecord[];
  readonly scoreOf: (vector: string) => number | undefined;
  readonly order: readonly SeveritySourceKind[];
}

/**
 * Chooses the severity of a finding and keeps all values. Nothing is inflated; a vendor's "not yet assigned" counts as
 * silence, and so does every value for a rejected id.
 */
export function chooseSeverity(evidence: SeverityEvidence): ChosenSeverity {
  const feeds = new Set(evidence.advisories.map(({ group }) => group.feed));
  const texts = evidence.texts.filter(({ rejected }) => rejected !== true);
  const rated = [
    ...evidence.advisories.flatMap(ratedByAdvisory),
    ...texts.flatMap((text) => ratedByText(text, feeds.has(text.feed), evidence)),
  ].sort(byTrust(evidence.order));
  const severities = withoutRepetition(rated.map(({ value }) => value));
  const [winner] = severities;
  return { severity: winner?.severity ?? 'Unknown', severitySource: winner?.source ?? null, severities };
}

/**
 * Everything in a record that can decide a severity, whatever the other records and the order of trust: of each kind of
 * source the first form with its severity. Records of one feed with equal results give every finding the same severity.
 */
export function severityWeight(text: VulnerabilityRecord, scoreOf: SeverityEvidence['scoreOf']): string {
  if (text.rejected === true) return '';
  const rated = [...ratedByText(text, false, { scoreOf })].sort(byTrust(severitySourceKinds));
  const foremost = rated.filter(({ sourceKind: kind }, at) => kind !== rated[at - 1]?.sourceKind);
  return foremost.map(({ sourceKind: kind, form, value }) => `${kind} ${form} ${value.severity}`).join();
}

/** A severity with what its rank among the others follows from. */
interface RatedSeverity {
  readonly sourceKind: SeveritySourceKind;
  /** A rating word comes before vectors; among vectors the newest version of CVSS comes first. */
  readonly form: number;
  readonly value: FindingSeverity;
}

function ratedByAdvisory({ counts, advisory: { severity }, group }: EvaluatedAdvisory): readonly RatedSeverity[] {
  if (!counts || severity === undefined || severity === 'Unknown') return [];
  return [{ sourceKind: 'advisory', form: 0, value: word(group.feed, severity) }];
}

function ratedByText(
  text: VulnerabilityRecord,
  stated: boolean,
  { scoreOf }: Pick<SeverityEvidence, 'scoreOf'>,
): readonly RatedSeverity[] {
  const rated: RatedSeverity[] = [];
  if (text.severity !== undefined && text.severity !== 'Unknown') {
    rated.push({ sourceKind: stated ? 'record' : 'other', form: 0, value: word(text.feed, text.severity) });
  }
  for (const cvss of text.cvss ?? []) {
    const score = scoreOf(cvss.vector);
    if (score === undefined) continue;
    const form = versions.findIndex((version) => cvss.vector.startsWith(version));
    rated.push({
      sourceKind: stated ? 'record' : sourceKindOf(cvss),
      form: 1 + form,
      value: {
        source: text.feed,
        severity: severityOfScore(score, cvss.vector),
        scoredBy: cvss.source,
        score,
        vector: cvss.vector,
      },
    });
  }
  return rated;
}

/** Newest first; v2 has no prefix. */
const versions = ['CVSS:4.0/', 'CVSS:3.1/', 'CVSS:3.0/', ''] as const;

function word(source: string, severity: Severity): FindingSeverity {
  return { source, severity, scoredBy: null, score: null, vector: null };
}

/** The scale of each CVSS version: v2 knows neither Critical nor a severity of nothing. */
export function severityOfScore(score: number, vector: string): Severity {
  if (!vector.startsWith('CVSS:')) return score >= 7 ? 'High' : score >= 4 ? 'Medium' : 'Low';
  if (score >= 9) return 'Critical';
  if (score >= 7) return 'High';
  if (score >= 4) return 'Medium';
  return score > 0 ? 'Low' : 'Negligible';
}

/** Of equal standing, the more severe first; the rest only makes the order total. */
function byTrust(order: readonly SeveritySourceKind[]): (a: RatedSeverity, b: RatedSeverity) => number {
  return (a, b) =>
    order.indexOf(a.sourceKind) - order.indexOf(b.sourceKind) ||
    a.form - b.form ||
    compareSeverity(a.value.severity, b.value.severity) ||
    (b.value.score ?? 0) - (a.value.score ?? 0) ||
    compareText(a.value.source, b.value.source) ||
    compareText(a.value.scoredBy, b.value.scoredBy) ||
    compareText(a.value.vector, b.value.vector);
}

function withoutRepetition(values: readonly FindingSeverity[]): readonly FindingSeverity[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** Feeds by what they say about a flaw. */
export interface TrustedFeeds {
  /** Those that made the advisories. */
  readonly stating: ReadonlySet<string>;
  /** Those that rate vulnerabilities and have no advisories about packages. */
  readonly rating: ReadonlySet<string>;
}

/** Records in the order of trust: the feeds that made the advisories, those that rate, then the others by id. */
export function rankedTexts(
  texts: readonly VulnerabilityRecord[],
  { stating, rating }: TrustedFeeds,
): readonly VulnerabilityRecord[] {
  const rank = ({ feed, rejected }: VulnerabilityRecord): number =>
    rejected === true ? 3 : stating.has(feed) ? 0 : rating.has(feed) ? 1 : 2;
  return [...texts].sort((a, b) => rank(a) - rank(b) || compareText(a.feed, b.feed));
}
