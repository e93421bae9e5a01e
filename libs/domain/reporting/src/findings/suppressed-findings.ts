import {
  byTexts,
  type SuppressedFinding,
  type SuppressedFindings,
  type Suppression,
  type SuppressingSource,
} from '@clarion/model';
import type { MatchFacts, SuppressedFlaw } from '@clarion/matching';
import type { ReportOptions } from '../report-options';
import { describeFindings, type DescribeOptions } from './describe-findings';
import { sortedFindings } from './sort-findings';

const bySource = byTexts<SuppressingSource>(
  ({ kind }) => kind,
  ({ id }) => id,
);

/** Counts what is suppressed by its source, and lists it on request. */
export async function suppressedFindings(
  flaws: readonly SuppressedFlaw[],
  facts: Pick<MatchFacts, 'vulnerabilities'>,
  options: DescribeOptions & Pick<ReportOptions, 'listSuppressed'>,
): Promise<SuppressedFindings> {
  const counts = { findings: flaws.length, sources: sourcesOf(flaws) };
  if (options.listSuppressed !== true) return counts;
  const findings = await describeFindings(flaws, facts, options);
  const list = findings.flatMap((finding, at): readonly SuppressedFinding[] => {
    const flaw = flaws[at];
    if (flaw === undefined) return [];
    // There is nothing to do about a flaw that the image does not have.
    const { remedy: _, ...suppressed } = finding;
    return [{ ...suppressed, suppressedBy: flaw.suppression }];
  });
  return { ...counts, list: sortedFindings(list) };
}

function sourcesOf(flaws: readonly { readonly suppression: Suppression }[]): readonly SuppressingSource[] {
  const sources = new Map<string, SuppressingSource>();
  for (const { suppression } of flaws) {
    const { kind, id } = suppression;
    const key = `${kind} ${id}`;
    sources.set(key, { kind, id, findings: (sources.get(key)?.findings ?? 0) + 1 });
  }
  return [...sources.values()].sort(bySource);
}
