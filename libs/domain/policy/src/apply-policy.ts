import { compareSeverity, type Finding, isGap, type Report, type Severity } from '@clarion/model';
import { findsPackages } from '@clarion/matching';
import { isUnfixed } from './filter-findings';
import { unreadReason } from './unread-reason';

/** What makes a build fail. Everything absent accepts. */
export interface ScanPolicy {
  /** Findings of this severity or worse violate. */
  readonly failOn?: Severity;
  /** Findings without a fix do not violate. */
  readonly ignoreUnfixed?: boolean;
  /** Findings that only advisories for other architectures name count too. */
  readonly otherArchitectures?: boolean;
  /** Notices (a crate is unmaintained, or unsound) count too, whatever their severity: hardly any has one. */
  readonly informational?: boolean;
  /** Findings of packages that only indirect evidence names do not violate. */
  readonly allowInferred?: boolean;
  /** An incomplete scan is accepted. */
  readonly allowIncomplete?: boolean;
  /** Stale or missing vulnerability data is accepted. */
  readonly allowStale?: boolean;
  /** Findings that a gate by severity cannot decide about are accepted. */
  readonly allowUnrated?: boolean;
  /** Findings that are under investigation count too. */
  readonly underInvestigation?: boolean;
  /** Ids of feeds that rate severities and that configuration has switched off. */
  readonly switchedOff?: readonly string[];
  /** When given, a distribution out of all support at this time makes the scan incomplete. */
  readonly now?: Date;
}

/** What a report means for a build. */
export interface PolicyResult {
  /** Findings that violate the policy, in the order of the report. */
  readonly violations: readonly Finding[];
  /** Why the scan is incomplete, one line each; stated whether or not it is accepted. */
  readonly incomplete: readonly string[];
  /** Ids of feeds whose data is too old. */
  readonly stale: readonly string[];
  /** Ids of feeds that should cover this image and were never loaded. */
  readonly missingData: readonly string[];
  /** Findings that a gate by severity cannot decide about, and why; absent where there are none. */
  readonly unrated?: UnratedFindings;
  /**
   * Number of findings that are severe enough to violate the policy but do not, since it is not yet known whether the
   * package is affected; absent where there are none.
   */
  readonly underInvestigation?: number;
  /** Number of findings of inferred packages that would violate if they were not accepted; absent where there are none. */
  readonly inferred?: number;
  /** 0 passed, 2 violated, 3 incomplete, 4 stale or missing data; the first of 2, 3, 4 that applies. */
  readonly exitCode: 0 | 2 | 3 | 4;
}

/** Findings without a severity that would count if they had one. */
export interface UnratedFindings {
  readonly findings: number;
  /** Ids of feeds that rate severities and were never loaded, or are stale. Empty: no feed has rated the findings. */
  readonly missing: readonly string[];
  /** Ids of feeds that rate severities and are switched off. */
  readonly switchedOff: readonly string[];
  /** Missing documents, about these findings, of feeds that rate severities. */
  readonly lacking: readonly { readonly feed: string; readonly document: string }[];
}

/** Applies a policy to a whole report, whatever filter is used for display. Pure. */
export function applyPolicy(report: Report, policy: ScanPolicy): PolicyResult {
  const violations = report.findings.filter((finding) => violates(finding, policy));
  // Feeds that only describe vulnerabilities find no packages: they count where the policy needs a severity.
  const speaking = report.coverage.feeds.filter(({ role }) => findsPackages(role));
  const stale = speaking.filter((feed) => feed.stale).map(({ id }) => id);
  const missingData = speaking.filter(({ updatedAt }) => updatedAt === null).map(({ id }) => id);
  const incomplete = incompleteReasons(report, policy, missingData.length > 0);
  const unrated = unratedBy(report, policy);
  const undecided = report.findings.filter(
    (finding) => isUndecided(finding, policy) && isSevereEnough(finding, policy),
  ).length;
  const inferred = acceptedAsInferred(report, policy);
  return {
    ...{ violations, incomplete, stale, missingData },
    ...(unrated && { unrated }),
    ...(undecided > 0 && { underInvestigation: undecided }),
    ...(inferred > 0 && { inferred }),
    exitCode: exitCode(),
  };

  function exitCode(): PolicyResult['exitCode'] {
    if (violations.length > 0) return 2;
    if (incomplete.length > 0 && policy.allowIncomplete !== true) return 3;
    if (stale.length + missingData.length > 0 && policy.allowStale !== true) return 4;
    return isUndecidable(unrated, policy) ? 4 : 0;
  }
}

function violates(finding: Finding, policy: ScanPolicy): boolean {
  return isSevereEnough(finding, policy) && !isUndecided(finding, policy);
}

function acceptedAsInferred({ findings }: Report, policy: ScanPolicy): number {
  if (policy.allowInferred !== true) return 0;
  return findings.filter((finding) => isInferred(finding) && violates(finding, { ...policy, allowInferred: false }))
    .length;
}

function isInferred({ package: { confidence } }: Finding): boolean {
  return confidence === 'inferred';
}

/** A package that its vendor still investigates violates only a policy that asks for it. */
function isUndecided({ state }: Finding, { underInvestigation = false }: ScanPolicy): boolean {
  return state === 'under_investigation' && !underInvestigation;
}

function isSevereEnough(finding: Finding, policy: ScanPolicy): boolean {
  if (!isSubjectToGate(finding, policy)) return false;
  return finding.kind !== undefined || compareSeverity(finding.severity, policy.failOn) <= 0;
}

type Gate = ScanPolicy & Required<Pick<ScanPolicy, 'failOn'>>;

/** Whether a finding would violate the policy if it were severe enough. */
function isSubjectToGate(finding: Finding, policy: ScanPolicy): policy is Gate {
  const { failOn, ignoreUnfixed } = policy;
  if (failOn === undefined) return false;
  if (finding.certainty === 'other-architecture' && policy.otherArchitectures !== true) return false;
  if (policy.allowInferred === true && isInferred(finding)) return false;
  if (finding.kind === 'malicious') return true;
  if (finding.kind === 'informational' && policy.informational !== true) return false;
  return !(ignoreUnfixed === true && isWithoutFix(finding));
}

function isWithoutFix(finding: Finding): boolean {
  return isUnfixed(finding) || (finding.state === 'under_investigation' && finding.fixedIn === null);
}

/** Whether a feed that rates findings is missing or switched off, and that is not accepted. */
function isUndecidable(
  unrated: UnratedFindings | undefined,
  { allowStale, allowUnrated, switchedOff = [] }: ScanPolicy,
): boolean {
  if (unrated === undefined || allowUnrated === true) return false;
  const absent = unrated.missing.length + unrated.lacking.length;
  return switchedOff.length > 0 || (absent > 0 && allowStale !== true);
}

/** Findings that no feed has rated: an unknown severity does not count as low. */
function unratedBy({ findings, coverage }: Report, policy: ScanPolicy): UnratedFindings | undefined {
  const unrated = findings.filter(
    (finding) =>
      finding.severity === 'Unknown' &&
      !isUndecided(finding, policy) &&
      isSubjectToGate(finding, policy) &&
      !isSevereEnough(finding, policy),
  );
  if (unrated.length === 0) return undefined;
  const missing = coverage.feeds.filter(
    ({ role, updatedAt, stale }) => role === 'severities' && (updatedAt === null || stale),
  );
  const { switchedOff = [] } = policy;
  const { lacking, concerned } = lackingFor(unrated, coverage.feeds);
  // Where only documents are missing, the other findings were looked up in all feeds, and pass.
  const isPart = missing.length + switchedOff.length === 0 && concerned > 0;
  return { findings: isPart ? concerned : unrated.length, missing: missing.map(({ id }) => id), switchedOff, lacking };
}

/** The missing documents of partly loaded feeds that could have rated some of these findings, and how many findings. */
function lackingFor(
  findings: readonly Finding[],
  feeds: Report['coverage']['feeds'],
): Pick<UnratedFindings, 'lacking'> & { readonly concerned: number } {
  const documents = feeds.flatMap(({ id: feed, role, missing = [] }) =>
    role === 'severities' ? missing.map(({ name: document, ids = [] }) => ({ feed, document, ids })) : [],
  );
  const isAbout = (finding: Finding, ids: readonly string[]): boolean =>
    [finding.id, ...finding.aliases].some((id) => ids.some((prefix) => id.startsWith(prefix)));
  return {
    lacking: documents
      .filter(({ ids }) => findings.some((finding) => isAbout(finding, ids)))
      .map(({ feed, document }) => ({ feed, document })),
    concerned: findings.filter((finding) => documents.some(({ ids }) => isAbout(finding, ids))).length,
  };
}

/** A namespace without data because of a feed that was never loaded counts as missing data, not as incomplete. */
function incompleteReasons(report: Report, { now }: ScanPolicy, dataMissing: boolean): readonly string[] {
  const { coverage, packages, problems } = report;
  const gaps = problems.filter(isGap).length;
  const unread = unreadReason(coverage.ecosystems.filter(({ accepted }) => !accepted));
  const withoutFeed = coverage.namespaces.filter(({ feeds }) => feeds.length === 0);
  const withoutNamespace = coverage.uncovered.filter(({ namespace }) => namespace === null);
  const undetermined = coverage.undetermined.filter(({ noAdvisories }) => noAdvisories !== true).length;
  const reasons = [
    packages.length === 0 && 'no packages found',
    unread,
    gaps > 0 && `problems in layers or files: ${gaps}`,
    undetermined > 0 && `packages, versions or advisories that cannot be compared: ${undetermined}`,
    withoutNamespace.length > 0 && `packages of an unknown distribution: ${withoutNamespace.length}`,
    ...(dataMissing ? [] : withoutFeed.map(({ id }) => `no advisory data for ${id}${whyUncovered(id, coverage)}`)),
    ...partialReasons(coverage),
    ...coverage.namespaces.map(
      ({ id, endOfLife }) => hasEnded(endOfLife, now) && `${id} is out of support since ${endOfLife}`,
    ),
  ];
  return reasons.filter((reason) => reason !== false);
}

/** One line for each feed that lacks documents, whatever the number of namespaces is. */
function partialReasons({ namespaces }: Report['coverage']): readonly string[] {
  const concerned = new Map<string, string[]>();
  for (const { id, partial = [] } of namespaces) {
    for (const { reason } of partial) concerned.set(reason, [...(concerned.get(reason) ?? []), id]);
  }
  return [...concerned].map(
    ([reason, ids]) => `${ids.join(', ')} ${ids.length === 1 ? 'is' : 'are'} only partly covered: ${reason}`,
  );
}

/** Why a namespace has no data, from its packages, where their reason adds what to do about it. */
function whyUncovered(id: string, { uncovered }: Report['coverage']): string {
  const reason = uncovered.find(({ namespace }) => namespace === id)?.reason ?? '';
  return reason === '' || reason.startsWith('no advisory data') ? '' : ` (${reason})`;
}

function hasEnded(endOfLife: string | null, now: Date | undefined): endOfLife is string {
  return endOfLife !== null && now !== undefined && now.getTime() > Date.parse(`${endOfLife}T23:59:59Z`);
}
