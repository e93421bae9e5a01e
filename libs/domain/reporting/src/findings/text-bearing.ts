import type { VulnerabilityText } from '@clarion/model';
import { scoresOf } from './knowledge';
import { severityWeight } from './severity-choice';

/** Which changes of what is known of a vulnerability count. */
export interface BearingOptions {
  /** EPSS scores from this one on are another risk than lower ones; none are when absent. */
  readonly epssThreshold?: number | undefined;
}

/**
 * Whether what a feed says about a vulnerability now, instead of what it said before (undefined: nothing), can give a
 * finding another severity, or make it known to be exploited, or likely to be (of which one feed tells scores). No word
 * that is only shown counts.
 */
export async function bearsOnFindings(
  before: VulnerabilityText | undefined,
  after: VulnerabilityText | undefined,
  options: BearingOptions,
): Promise<boolean> {
  if (isExploited(before) !== isExploited(after)) return true;
  if (isLikely(before?.epss, options) !== isLikely(after?.epss, options)) return true;
  if (judgement(before) === judgement(after)) return false;
  const texts = [before, after].flatMap((text) => text ?? []);
  const scores = await scoresOf(texts);
  const weigh = (text: VulnerabilityText | undefined): string =>
    text === undefined ? '' : severityWeight(text, (vector) => scores.get(vector));
  return weigh(before) !== weigh(after);
}

/** Whether a vulnerability is as likely to be exploited as the threshold asks for. */
export function isLikely(
  epss: { readonly score: number } | null | undefined,
  { epssThreshold }: BearingOptions,
): boolean {
  return epssThreshold !== undefined && (epss?.score ?? 0) >= epssThreshold;
}

function isExploited(text: VulnerabilityText | undefined): boolean {
  return text?.knownExploited !== undefined;
}

/** What a severity is made of, as it is written: equal ones need no scoring. */
function judgement(text: VulnerabilityText | undefined): string {
  return JSON.stringify([text?.severity, text?.cvss, text?.rejected]);
}
