import type { AdvisoryState, FilteredFindings, Finding, Report, Severity } from '@clarion/model';
import { countApart, countBySeverity, isKernelHeadersOnly, totalsOf } from '@clarion/reporting';

/**
 * What a user wants to see. It never changes what a policy decides: that reads the unfiltered report. A malicious
 * package is shown whatever the filter is: every gate counts it, and its remedy, removing the package, needs no fix.
 */
export interface DisplayFilter {
  /** Only findings of these severities. */
  readonly severities?: readonly Severity[];
  /** Without findings that have no fix. */
  readonly ignoreUnfixed?: boolean;
  /** Without findings of packages with only kernel headers or documentation, unless they are among these. */
  readonly hideKernelHeaders?: { readonly except: readonly Finding[] };
}

const unfixedStates: ReadonlySet<AdvisoryState> = new Set(['affected', 'will_not_fix', 'fix_deferred', 'end_of_life']);

/** Whether the package is vulnerable and there is no fix (yet); undecided findings are neither. */
export function isUnfixed({ state }: Pick<Finding, 'state'>): boolean {
  return unfixedStates.has(state);
}

/** The report with the findings to show, which its summary counts; `filtered` counts the others, each with a reason. */
export function filterFindings(report: Report, filter: DisplayFilter): Report {
  const filtered = { unfixed: 0, kernelHeaders: 0, severity: 0 };
  const { severities, ignoreUnfixed = false, hideKernelHeaders } = filter;
  const hides = { severities, ignoreUnfixed, headersExcept: hideKernelHeaders && new Set(hideKernelHeaders.except) };
  const findings = report.findings.filter((finding) => {
    const reason = reasonToHide(finding, hides);
    if (reason !== undefined) filtered[reason] += 1;
    return reason === undefined;
  });
  if (findings.length === report.findings.length) return report;
  const apart = report.countedApart === undefined ? {} : { countedApart: countApart(findings) };
  return { ...report, findings, summary: countBySeverity(findings), totals: totalsOf(findings), ...apart, filtered };
}

interface Hiding {
  readonly severities: readonly Severity[] | undefined;
  readonly ignoreUnfixed: boolean;
  /** Undefined: kernel headers are shown. */
  readonly headersExcept: ReadonlySet<Finding> | undefined;
}

function reasonToHide(
  finding: Finding,
  { severities, ignoreUnfixed, headersExcept }: Hiding,
): keyof FilteredFindings | undefined {
  if (finding.kind === 'malicious') return undefined;
  if (ignoreUnfixed && isUnfixed(finding)) return 'unfixed';
  if (headersExcept?.has(finding) === false && isOfKernelHeaders(finding)) return 'kernelHeaders';
  return severities?.includes(finding.severity) === false ? 'severity' : undefined;
}

function isOfKernelHeaders({ package: { name }, source }: Finding): boolean {
  return isKernelHeadersOnly(name, source?.name ?? name);
}
