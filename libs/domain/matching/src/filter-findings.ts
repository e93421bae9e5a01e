import type { AdvisoryState, FilteredFindings, Finding, Report, Severity } from '@clarion/model';
import { isKernelHeadersOnly } from './kernel-headers';
import { countApart, countBySeverity } from './match-image';

/** What a user wants to see. It never changes what a gate decides: judge the unfiltered report. */
export interface DisplayFilter {
  /** Only findings of these severities. */
  readonly severities?: readonly Severity[];
  /** Without findings that have no fix. */
  readonly ignoreUnfixed?: boolean;
  /** Without findings of packages that only hold kernel headers or documentation. */
  readonly hideKernelHeaders?: boolean;
}

const unfixedStates: ReadonlySet<AdvisoryState> = new Set(['affected', 'will_not_fix', 'fix_deferred', 'end_of_life']);

/** Whether the package is vulnerable and there is no fix (yet); undecided findings are neither. */
export function isUnfixed({ state }: Pick<Finding, 'state'>): boolean {
  return unfixedStates.has(state);
}

/** The report with the findings to show, which its summary counts; `filtered` says how many others there are, and why. */
export function filterFindings(report: Report, filter: DisplayFilter): Report {
  const filtered = { unfixed: 0, kernelHeaders: 0, severity: 0 };
  const findings = report.findings.filter((finding) => {
    const reason = reasonToHide(finding, filter);
    if (reason !== undefined) filtered[reason] += 1;
    return reason === undefined;
  });
  if (findings.length === report.findings.length) return report;
  const apart = report.countedApart === undefined ? {} : { countedApart: countApart(findings) };
  return { ...report, findings, summary: countBySeverity(findings), ...apart, filtered };
}

function reasonToHide(finding: Finding, filter: DisplayFilter): keyof FilteredFindings | undefined {
  if (filter.ignoreUnfixed === true && isUnfixed(finding)) return 'unfixed';
  const sourceName = finding.source?.name ?? finding.package.name;
  if (filter.hideKernelHeaders === true && isKernelHeadersOnly(finding.package.name, sourceName))
    return 'kernelHeaders';
  return filter.severities?.includes(finding.severity) === false ? 'severity' : undefined;
}
