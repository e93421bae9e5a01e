import type { Finding, Report } from '@clarion/model';
import type { ScanPolicy } from '@clarion/policy';
import { makeReport } from '@clarion/reporting';
import { deb, factsOf, fixed, group, imageOf, options } from '@clarion/test-kit/match-facts';
import { compareFindings } from './compare-findings';
import { reportedSide } from './comparison';
import { applyPolicyToWorse } from './worse-findings';

const image = imageOf([deb('openssl', '1.0')]);
let report: Report;
beforeAll(async () => {
  const facts = factsOf([group('openssl', [fixed('CVE-2025-0001', '2.0', { severity: 'High' })])]);
  report = await makeReport(image, facts, options);
});

type More = Partial<Finding>;
const upgraded: Finding['package'] = {
  ...{ name: 'openssl', version: '1.1', namespace: 'debian:12', type: 'dpkg', architecture: null },
  ...{ path: 'var/lib/dpkg/status', layer: 'sha256:1', purl: 'pkg:deb/debian/openssl@1.1' },
};
const exploited: More = {
  knownExploited: { dateAdded: '2026-01-01', dueDate: null, requiredAction: null, ransomware: false },
};

/** Null: without the finding. */
const resultOf = (
  before: More | null,
  after: More | null,
  policy: ScanPolicy,
  coverage: Partial<Report['coverage']>,
) => {
  const [finding] = report.findings as [Finding];
  const reportWith = (more: More | null): Report => ({
    ...report,
    findings: more === null ? [] : [{ ...finding, ...more }],
  });
  const [a, b] = [reportWith(before), reportWith(after)];
  const sides = [a, b].map((one) => reportedSide(image, one, options));
  const pairs = compareFindings(sides[0]!, sides[1]!);
  return applyPolicyToWorse({ a, b: { ...b, coverage: { ...b.coverage, ...coverage } }, pairs }, policy);
};

test.each<readonly [before: More | null, after: More | null, policy: ScanPolicy, exitCode: number]>([
  [null, {}, { failOn: 'High' }, 2],
  [null, {}, { failOn: 'Critical' }, 0],
  [null, {}, {}, 0],
  [{}, null, { failOn: 'High' }, 0],
  [{}, {}, { failOn: 'High' }, 0],
  // More severe: up to the bar, above it, and below it.
  [{ severity: 'Low' }, {}, { failOn: 'High' }, 2],
  [{}, { severity: 'Critical' }, { failOn: 'High' }, 2],
  [{ severity: 'Unknown' }, {}, { failOn: 'High' }, 2],
  [{ severity: 'Low' }, { severity: 'Medium' }, { failOn: 'High' }, 0],
  [{ severity: 'Critical' }, {}, { failOn: 'High' }, 0],
  // Not worse.
  [{}, { package: upgraded }, { failOn: 'High' }, 0],
  [{ state: 'affected', fixedIn: null }, {}, { failOn: 'High' }, 0],
  // Worse in another way than by severity.
  [{}, exploited, { failOn: 'High' }, 2],
  [{}, exploited, { failOn: 'Critical' }, 0],
  [exploited, {}, { failOn: 'High' }, 0],
  [{}, { kind: 'malicious' }, { failOn: 'Critical' }, 2],
  [{ certainty: 'other-architecture' }, {}, { failOn: 'High' }, 2],
  [{ state: 'under_investigation', fixedIn: null }, {}, { failOn: 'High' }, 2],
  [{ state: 'affected', fixedIn: null }, {}, { failOn: 'High', ignoreUnfixed: true }, 2],
])('%j, then %j: %j', (before, after, policy, exitCode) => {
  expect(resultOf(before, after, policy, {}).exitCode).toBe(exitCode);
});

describe('a finding without a rating', () => {
  const nvd = { id: 'nvd', role: 'severities', updatedAt: null, revision: null, stale: false } as const;
  const unrated: More = { severity: 'Unknown' };
  test.each<
    readonly [before: More | null, after: More, policy: ScanPolicy, exitCode: number, findings: number | undefined]
  >([
    [null, unrated, { failOn: 'High' }, 4, 1],
    [null, unrated, { failOn: 'High', allowUnrated: true }, 0, 1],
    [null, unrated, { failOn: 'Unknown' }, 2, undefined],
    [{}, unrated, { failOn: 'High' }, 4, 1],
    [unrated, { ...unrated, state: 'affected', fixedIn: null }, { failOn: 'High' }, 0, undefined],
    [unrated, unrated, { failOn: 'High' }, 0, undefined],
  ])('%j, then %j: %j, as in a scan', (before, after, policy, exitCode, findings) => {
    const result = resultOf(before, after, policy, { feeds: [...report.coverage.feeds, nvd] });
    expect([result.exitCode, result.unrated?.findings]).toEqual([exitCode, findings]);
  });
});
