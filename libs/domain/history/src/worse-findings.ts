import { compareSeverity, type Finding, type Report } from '@clarion/model';
import { applyPolicy, type PolicyResult, type ScanPolicy } from '@clarion/policy';
import type { FindingPair } from './compare-findings';

/** The reports of both sides, and what a comparison found in them. */
export interface ComparedReports {
  readonly a: Report;
  readonly b: Report;
  readonly pairs: readonly FindingPair[];
}

/**
 * Applies a policy to what became worse from the first report to the second: findings that were added, and findings in
 * both that the policy accepts in the first and not in the second, that are more severe, that became exploited, or that
 * lost their rating. Each of these counts as in a report (`applyPolicy`); the rest of the result is that of the second.
 */
export function applyPolicyToWorse({ a, b, pairs }: ComparedReports, policy: ScanPolicy): PolicyResult {
  const changed = pairs.flatMap(({ change, finding, before }) =>
    change === 'changed' && before !== null ? [{ finding, before }] : [],
  );
  const violations = (report: Report, findings: readonly Finding[]): ReadonlySet<Finding> =>
    new Set(applyPolicy({ ...report, findings }, policy).violations);
  const violatedBefore = violations(
    a,
    changed.map(({ before }) => before),
  );
  const violatedAfter = violations(
    b,
    changed.map(({ finding }) => finding),
  );
  const isWorse = ({ finding, before }: (typeof changed)[number]): boolean =>
    (violatedAfter.has(finding) && !violatedBefore.has(before)) ||
    compareSeverity(finding.severity, before.severity) < 0 ||
    (finding.knownExploited !== null && before.knownExploited === null) ||
    (finding.severity === 'Unknown' && before.severity !== 'Unknown');
  const worse = new Set([
    ...pairs.flatMap(({ change, finding }) => (change === 'added' ? [finding] : [])),
    ...changed.flatMap((one) => (isWorse(one) ? [one.finding] : [])),
  ]);
  return applyPolicy({ ...b, findings: b.findings.filter((finding) => worse.has(finding)) }, policy);
}
