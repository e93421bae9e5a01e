import {
  type CountedApart,
  type Finding,
  type FindingKind,
  type ReportTotals,
  severities,
  type Severity,
} from '@clarion/model';

/** Whether a finding is one of the vulnerabilities of the summary: in the strict sense, and certain. */
export function isCounted(finding: Pick<Finding, 'kind' | 'certainty'>): boolean {
  return finding.kind === undefined && isCertain(finding);
}

/** Whether a package certainly has the flaw: one known only for other architectures is neither notified nor found. */
export function isCertain({ certainty }: Pick<Finding, 'certainty'>): boolean {
  return certainty === undefined;
}

/** The members of `CountedApart`. */
export const reasonsApart = [
  'malicious',
  'informational',
  'otherArchitecture',
] as const satisfies readonly (keyof CountedApart)[];

/** Number of the findings that are not counted with the vulnerabilities, each under one reason. */
export function countApart(findings: readonly Finding[]): CountedApart {
  const count = (counted: FindingKind): number =>
    findings.filter(({ kind, certainty }) => kind === counted && certainty === undefined).length;
  return {
    malicious: count('malicious'),
    informational: count('informational'),
    otherArchitecture: findings.filter(({ certainty }) => certainty === 'other-architecture').length,
  };
}

/** Number of vulnerabilities of each severity. */
export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<Severity, number>;
  for (const finding of findings) if (isCounted(finding)) counts[finding.severity] += 1;
  return counts;
}

/** Number of different vulnerabilities, and of the packages that each of them is in. */
export function totalsOf(findings: readonly Finding[]): ReportTotals {
  const counted = findings.filter(isCounted);
  return { uniqueVulnerabilities: new Set(counted.map(({ id }) => id)).size, occurrences: counted.length };
}
