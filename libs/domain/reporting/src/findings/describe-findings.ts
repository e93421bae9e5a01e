import type { Digest, Finding } from '@clarion/model';
import type { MatchFacts, PackageFlaw } from '@clarion/matching';
import { findingsFor } from './finding';
import { readVulnerabilityRecords } from './vulnerability-records';
import type { ReportOptions } from '../report-options';

export interface DescribeOptions extends Pick<ReportOptions, 'feeds' | 'severityOrder'> {
  /** The instructions that made the layers, where findings name them. */
  readonly instructions?: ReadonlyMap<Digest, string>;
}

const none: ReadonlyMap<Digest, string> = new Map();

/** The findings of decisions, with all that is known of their flaws, in the order of the decisions. */
export async function describeFindings(
  decisions: readonly PackageFlaw[],
  facts: Pick<MatchFacts, 'vulnerabilities'>,
  { instructions = none, ...options }: DescribeOptions,
): Promise<readonly Finding[]> {
  const flaws = new Set(decisions.map(({ flaw }) => flaw.cluster));
  return findingsFor(decisions, await readVulnerabilityRecords([...flaws], facts, options), instructions);
}
