import type { Finding } from '@clarion/model';
import type { MatchFacts, PackageFlaw } from '@clarion/matching';
import { findingsFor } from './finding';
import { readVulnerabilityRecords } from './vulnerability-records';
import type { ReportOptions } from '../report-options';

/** The findings of decisions, with all that is known of their flaws, in the order of the decisions. */
export async function describeFindings(
  decisions: readonly PackageFlaw[],
  facts: Pick<MatchFacts, 'vulnerabilities'>,
  options: Pick<ReportOptions, 'feeds' | 'severityOrder'>,
): Promise<readonly Finding[]> {
  const flaws = new Set(decisions.map(({ flaw }) => flaw.cluster));
  return findingsFor(decisions, await readVulnerabilityRecords([...flaws], facts, options));
}
