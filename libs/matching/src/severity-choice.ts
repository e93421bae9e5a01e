import type { Severity, Vulnerability, VulnerabilityText } from '@clarion/model';
import { compareSeverity } from '@clarion/model';
import type { Held } from './decide';
import { compareText } from './order';

export interface ChosenSeverity {
  readonly severity: Severity;
  /** Id of the feed that said so, or null when nobody did. */
  readonly severitySource: string | null;
}

/**
 * The severity of a finding: what the statements about this package and release say, else what feeds say about the
 * vulnerability itself, else Unknown. Nothing is inflated; a vendor's "not yet assigned" counts as silence.
 */
export function chooseSeverity(statements: readonly Held[], texts: readonly VulnerabilityText[]): ChosenSeverity {
  const said = statements
    .filter(({ counts }) => counts)
    .map(({ advisory, group }) => ({ severity: advisory.severity, feed: group.feed }))
    .filter(isTold)
    .sort((a, b) => compareSeverity(a.severity, b.severity) || compareText(a.feed, b.feed));
  const winner = said[0] ?? texts.find(isTold);
  return winner === undefined
    ? { severity: 'Unknown', severitySource: null }
    : { severity: winner.severity, severitySource: winner.feed };
}

function isTold<T extends { readonly severity?: Severity | undefined }>(item: T): item is T & { severity: Severity } {
  return item.severity !== undefined && item.severity !== 'Unknown';
}

/** Texts in the order they are believed: the feeds that made the statements, then NVD, then the others by id. */
export function rankedTexts(vulnerability: Vulnerability | undefined, feeds: ReadonlySet<string>): VulnerabilityText[] {
  const rank = ({ feed }: VulnerabilityText): number => (feeds.has(feed) ? 0 : feed === 'nvd' ? 1 : 2);
  return [...(vulnerability?.texts ?? [])].sort((a, b) => rank(a) - rank(b) || compareText(a.feed, b.feed));
}
