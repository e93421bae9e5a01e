import type { Finding } from '@clarion/model';
import { findingsFor, type PackageDecision } from './finding';
import { knowledgeOf } from './knowledge';
import type { MatchFacts, MatchOptions } from './types';

/** The findings of decisions, with all that is known of their flaws, in the order of the decisions. */
export async function describeFindings(
  decisions: readonly PackageDecision[],
  facts: Pick<MatchFacts, 'vulnerabilities'>,
  options: MatchOptions,
): Promise<readonly Finding[]> {
  const flaws = new Set(decisions.map(({ decision }) => decision.cluster));
  return findingsFor(decisions, await knowledgeOf([...flaws], facts, options));
}
