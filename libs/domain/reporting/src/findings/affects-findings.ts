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
  if (isExploited(before) !== isExploited(after)) return true;
  if (isLikelyExploited(before?.epss, options) !== isLikelyExploited(after?.epss, options)) return true;
  if (severityParts(before) === severityParts(after)) return false;
  const texts = [before, after].flatMap((text) => text ?? []);
  const scores = await scoresOf(texts);
  const weightOf = (text: VulnerabilityRecord | undefined): string =>
    text === undefined ? '' : severityWeight(text, (vector) => scores.get(vector));
  return weightOf(before) !== weightOf(after);
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

/** What a severity is made of, as it is written: equal ones need no scoring. */
function severityParts(text: VulnerabilityRecord | undefined): string {
  return JSON.stringify([text?.severity, text?.cvss, text?.rejected]);
}
