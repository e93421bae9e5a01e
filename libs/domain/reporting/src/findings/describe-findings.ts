import type { Finding } from '@clarion/model';
import type { MatchFacts, PackageDecision } from '@clarion/matching';
import { findingsFor } from './finding';
import { knowledgeOf } from './knowledge';
import type { ReportOptions } from '../report-options';

/** The findings of decisions, with all that is known of their flaws, in the order of the decisions. */
export async function describeFindings(
  decisions: readonly PackageDecision[],
  facts: Pick<MatchFacts, 'vulnerabilities'>,
  options: Pick<ReportOptions, 'feeds' | 'severityOrder'>,
): Promise<readonly Finding[]> {
  const flaws = new Set(decisions.map(({ decision }) => decision.cluster));
  return findingsFor(decisions, await knowledgeOf([...flaws], facts, options));
}
