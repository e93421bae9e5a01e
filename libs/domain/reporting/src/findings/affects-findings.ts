import type { VulnerabilityRecord } from '@clarion/model';
import { scoresOf } from './vulnerability-records';
import { severityWeight } from './severity-choice';

/** Which changes of a vulnerability record count. */
export interface ExploitationThreshold {
  /** EPSS scores from this one on are another risk than lower ones; none are when absent. */
  readonly epssThreshold?: number | undefined;
}

/**
 * Whether the new record of a vulnerability in a feed, instead of the old one (undefined: no record), can give a
 * finding another severity, or make it known to be exploited, or likely to be (one feed has these scores). Members that
 * are only shown do not count.
 */
export async function affectsFindings(
  before: VulnerabilityRecord | undefined,
  after: VulnerabilityRecord | undefined,
  options: ExploitationThreshold,
): Promise<boolean> {
  if (!mayAffectFindings(before, after, options)) return false;
  if (isOtherRisk(before, after, options)) return true;
  const texts = [before, after].flatMap((text) => text ?? []);
  const scores = await scoresOf(texts);
  const weightOf = (text: VulnerabilityRecord | undefined): string =>
    text === undefined ? '' : severityWeight(text, (vector) => scores.get(vector));
  return weightOf(before) !== weightOf(after);
}

/** False where `affectsFindings` is, without scoring vectors: of nearly all changes of records that are only scores. */
export function mayAffectFindings(
  before: VulnerabilityRecord | undefined,
  after: VulnerabilityRecord | undefined,
  options: ExploitationThreshold,
): boolean {
  return isOtherRisk(before, after, options) || severityParts(before) !== severityParts(after);
}

function isOtherRisk(
  before: VulnerabilityRecord | undefined,
  after: VulnerabilityRecord | undefined,
  options: ExploitationThreshold,
): boolean {
  if (isExploited(before) !== isExploited(after)) return true;
  return isLikelyExploited(before?.epss, options) !== isLikelyExploited(after?.epss, options);
}

/** Whether the probability of exploitation reaches the threshold. */
export function isLikelyExploited(
  epss: { readonly score: number } | null | undefined,
  { epssThreshold }: ExploitationThreshold,
): boolean {
  return epssThreshold !== undefined && (epss?.score ?? 0) >= epssThreshold;
}

function isExploited(text: VulnerabilityRecord | undefined): boolean {
  return text?.knownExploited !== undefined;
}

/** What a severity is made of, as it is written: equal ones need no scoring. Scores, which are many, have none. */
function severityParts({ severity, cvss, rejected }: Partial<VulnerabilityRecord> = {}): string {
  if (severity === undefined && cvss === undefined && rejected === undefined) return '';
  return JSON.stringify([severity, cvss, rejected]);
}
