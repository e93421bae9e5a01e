import type { Advisory, AdvisoryState, FeedState, Report, Severity } from '@clarion/model';
import { deb, factsOf, fixed, group, imageOf, now, options, rpm, stateOf } from '@clarion/test-kit/match-facts';
import { makeReport } from '@clarion/reporting';
import type { FeedInfo } from '@clarion/matching';
import { filterFindings } from './filter-findings';
import { applyPolicy, type PolicyResult, type ScanPolicy } from './apply-policy';
import { reportOf } from '../testing/reports';

const id = 'CVE-2024-1000';
const describing = (feed: string): FeedInfo => ({ id: feed, namespaces: [], refreshMinutes: 60 });
function withoutSuccess(state: FeedState): FeedState {
  const failed: { -readonly [Member in keyof FeedState]: FeedState[Member] } = { ...state };
  delete failed.lastSuccess;
  return failed;
}
const advisory = (state: AdvisoryState, severity: Severity): Advisory =>
  state === 'fixed' ? fixed(id, '2', { severity }) : { id, state, severity };
const withFinding = (state: AdvisoryState, severity: Severity): Promise<Report> =>
  reportOf([deb('a', '1')], [group('a', [advisory(state, severity)])]);

describe('applyPolicy: violations', () => {
  const rows: readonly (readonly [AdvisoryState, Severity, ScanPolicy, boolean])[] = [
    ['affected', 'Critical', {}, false],
    ['affected', 'Critical', { failOn: 'High' }, true],
    ['affected', 'High', { failOn: 'High' }, true],
    ['affected', 'Medium', { failOn: 'High' }, false],
    ['affected', 'Unknown', { failOn: 'Negligible' }, false],
    ['affected', 'Unknown', { failOn: 'Unknown' }, true],
    ['fixed', 'High', { failOn: 'High', ignoreUnfixed: true }, true],
    ['affected', 'High', { failOn: 'High', ignoreUnfixed: true }, false],
    ['will_not_fix', 'High', { failOn: 'High', ignoreUnfixed: true }, false],
    ['fix_deferred', 'High', { failOn: 'High', ignoreUnfixed: true }, false],
    ['end_of_life', 'High', { failOn: 'High', ignoreUnfixed: true }, false],
    ['end_of_life', 'High', { failOn: 'High' }, true],
    ['under_investigation', 'Critical', { failOn: 'Unknown' }, false],
  ];

  test.each(rows)('%s %s under %j: %s', async (state, severity, policy, violated) => {
    const result = applyPolicy(await withFinding(state, severity), policy);
    expect(result.violations).toHaveLength(violated ? 1 : 0);
    expect(result.exitCode).toBe(violated ? 2 : 0);
  });
});

describe('applyPolicy: under investigation', () => {
  const rows: readonly (readonly [Severity, ScanPolicy, number | undefined, number])[] = [
    ['High', {}, undefined, 0],
    ['High', { failOn: 'High' }, 1, 0],
    ['Critical', { failOn: 'High' }, 1, 0],
    ['Medium', { failOn: 'High' }, undefined, 0],
    ['Unknown', { failOn: 'Unknown' }, 1, 0],
    ['High', { failOn: 'High', ignoreUnfixed: true }, undefined, 0],
  ];

  test.each(rows)('%s under %j: %s, exit code %d', async (severity, policy, expected, exitCode) => {
    const result = applyPolicy(await withFinding('under_investigation', severity), policy);
    expect([result.violations, result.underInvestigation, result.exitCode]).toEqual([[], expected, exitCode]);
  });

  test('counts where the policy asks for it', async () => {
    const policy = { failOn: 'High', underInvestigation: true } as const;
    const result = applyPolicy(await withFinding('under_investigation', 'High'), policy);
    expect([result.violations.length, result.underInvestigation, result.exitCode]).toEqual([1, undefined, 2]);
    expect(applyPolicy(await withFinding('under_investigation', 'Low'), policy).exitCode).toBe(0);
  });

  test.each<[ScanPolicy, number | undefined]>([
    [{ failOn: 'High' }, undefined],
    [{ failOn: 'High', underInvestigation: true }, 1],
  ])('a finding that is also without a rating, under %j, is unrated: %s', async (policy, expected) => {
    const result = applyPolicy(await withFinding('under_investigation', 'Unknown'), policy);
    expect([result.unrated?.findings, result.underInvestigation]).toEqual([expected, undefined]);
  });

  test('a violation comes first', async () => {
    const report = await reportOf(
      [deb('a', '1')],
      [group('a', [advisory('affected', 'High'), { ...advisory('under_investigation', 'High'), id: 'CVE-2024-2' }])],
    );
    expect(applyPolicy(report, { failOn: 'High' })).toMatchObject({ underInvestigation: 1, exitCode: 2 });
  });
});

describe('applyPolicy: incomplete scans, stale and missing data', () => {
  const clean = { violations: [], incomplete: [], stale: [], missingData: [], exitCode: 0 } as const;
  const feed = 'debian-security-tracker';
  const problems = [{ layer: null, code: 'missing-layer' as const, message: 'layer 2 is not in the archive' }];
  const old = stateOf(feed, ['debian:12'], { lastSuccess: '2025-01-01T00:00:00Z' });
  const fresh = stateOf(feed, ['debian:12']);
  const image = imageOf([deb('a', '1')]);

  const rows: readonly (readonly [string, Promise<Report>, ScanPolicy, Partial<PolicyResult>])[] = [
    ['a good scan', makeReport(image, factsOf([], { states: [fresh] }), options), {}, {}],
    [
      'rule 29: stale or missing scores',
      makeReport(
        image,
        factsOf([], {
          states: [
            fresh,
            stateOf('nvd', [], { lastSuccess: '2025-01-01T00:00:00Z' }),
            withoutSuccess(stateOf('epss', [])),
          ],
        }),
        { ...options, feeds: [...options.feeds, describing('nvd'), describing('epss')] },
      ),
      {},
      {},
    ],
    [
      'nothing found',
      makeReport(imageOf([]), factsOf([]), options),
      {},
      { incomplete: ['no packages found'], exitCode: 3 },
    ],
    [
      'an unreadable layer',
      makeReport({ ...image, problems }, factsOf([], { states: [fresh] }), options),
      {},
      { incomplete: ['problems in layers or files: 1'], exitCode: 3 },
    ],
    [
      'an unreadable layer, accepted',
      makeReport({ ...image, problems }, factsOf([], { states: [fresh] }), options),
      { allowIncomplete: true },
      { incomplete: ['problems in layers or files: 1'] },
    ],
    [
      'a version without order',
      reportOf([deb('a', '1')], [group('a', [fixed(id, '')])]),
      {},
      { incomplete: ['packages, versions or advisories that cannot be compared: 1'], exitCode: 3 },
    ],
    [
      'an unknown distribution',
      makeReport(imageOf([deb('a', '1', { namespace: null })]), factsOf([]), options),
      {},
      { incomplete: ['packages of an unknown distribution: 1'], exitCode: 3 },
    ],
    [
      'a distribution without feed',
      makeReport(imageOf([rpm('a', '1')]), factsOf([], { states: [fresh] }), options),
      {},
      { incomplete: ['no advisory data for rhel:9 (no feed for this distribution)'], exitCode: 3 },
    ],
    [
      'a distribution whose feed is off',
      makeReport(image, factsOf([], { states: [fresh] }), {
        ...options,
        feeds: options.feeds.map((one) => (one.id === feed ? { ...one, enabled: false } : one)),
      }),
      {},
      {
        incomplete: [
          `no advisory data for debian:12 (no advisory source enabled for this distribution: feed ${feed} is off; name it in feeds.enable, or take it out of feeds.disable)`,
        ],
        exitCode: 3,
      },
    ],
    ['an empty database', makeReport(image, factsOf([]), options), {}, { missingData: [feed], exitCode: 4 }],
    [
      'an empty database, accepted',
      makeReport(image, factsOf([]), options),
      { allowStale: true },
      { missingData: [feed] },
    ],
    ['an old feed', makeReport(image, factsOf([], { states: [old] }), options), {}, { stale: [feed], exitCode: 4 }],
    [
      'an old feed, accepted',
      makeReport(image, factsOf([], { states: [old] }), options),
      { allowStale: true },
      { stale: [feed] },
    ],
    [
      'an old feed and a problem: 3 comes before 4',
      makeReport({ ...image, problems }, factsOf([], { states: [old] }), options),
      {},
      { incomplete: ['problems in layers or files: 1'], stale: [feed], exitCode: 3 },
    ],
    [
      'a release out of support, when the time is given',
      makeReport(
        imageOf([deb('a', '1', { namespace: 'debian:9' })]),
        factsOf([], { states: [stateOf(feed, ['debian:9'])] }),
        options,
      ),
      { now },
      { incomplete: ['debian:9 is out of support since 2022-06-30'], exitCode: 3 },
    ],
    [
      'a release on its last day of support',
      makeReport(image, factsOf([], { states: [fresh] }), options),
      { now: new Date('2028-06-30T23:00:00Z') },
      {},
    ],
    [
      'a release out of support is accepted where no time is given',
      makeReport(
        imageOf([deb('a', '1', { namespace: 'debian:9' })]),
        factsOf([], { states: [stateOf(feed, ['debian:9'])] }),
        options,
      ),
      {},
      {},
    ],
  ];

  test.each(rows)('%s', async (_, report, policy, expected) => {
    expect(applyPolicy(await report, policy)).toEqual({ ...clean, ...expected });
  });

  test('a violation comes first', async () => {
    const report = await reportOf([deb('a', '1')], [group('a', [advisory('affected', 'High')])], {
      image: { problems },
    });
    expect(applyPolicy(report, { failOn: 'High' }).exitCode).toBe(2);
  });

  test('a report that is incomplete, stale or without data never calls itself complete', async () => {
    for (const [, report] of rows) {
      const { coverage } = await report;
      const { incomplete, stale, missingData } = applyPolicy(await report, {});
      expect(coverage.complete).toBe(incomplete.length + stale.length + missingData.length === 0);
    }
  });
});

describe('filterFindings', () => {
  const source = { name: 'linux', version: '6.1' };
  const report = reportOf(
    [deb('linux-libc-dev', '6.1', { source }), deb('a', '1'), deb('b', '1')],
    [
      group('linux', [{ id, state: 'fixed', severity: 'High', ranges: [{ fixed: '7' }] }]),
      group('a', [
        advisory('affected', 'High'),
        { id: 'CVE-2024-2000', state: 'under_investigation', severity: 'Low' },
      ]),
      group('b', [advisory('fixed', 'Low')]),
    ],
  );

  test.each([
    [{}, ['a High', 'linux-libc-dev High', 'b Low', 'a Low'], undefined],
    [{ ignoreUnfixed: true }, ['linux-libc-dev High', 'b Low', 'a Low'], { unfixed: 1, kernelHeaders: 0, severity: 0 }],
    [
      { severities: ['High' as const] },
      ['a High', 'linux-libc-dev High'],
      { unfixed: 0, kernelHeaders: 0, severity: 2 },
    ],
    [
      { hideKernelHeaders: { except: [] } },
      ['a High', 'b Low', 'a Low'],
      { unfixed: 0, kernelHeaders: 1, severity: 0 },
    ],
    [
      { ignoreUnfixed: true, hideKernelHeaders: { except: [] }, severities: [] },
      [],
      { unfixed: 1, kernelHeaders: 1, severity: 2 },
    ],
  ])('%j', async (filter, shown, hidden) => {
    const filtered = filterFindings(await report, filter);
    expect(filtered.findings.map((f) => `${f.package.name} ${f.severity}`)).toEqual(shown);
    expect(filtered.filtered).toEqual(hidden);
    const counted = Object.values(filtered.summary).reduce((sum, n) => sum + n, 0);
    expect(counted).toBe(shown.length);
  });

  test('what violates a policy is not hidden for being of kernel headers', async () => {
    const { violations } = applyPolicy(await report, { failOn: 'High' });
    const { findings, filtered } = filterFindings(await report, { hideKernelHeaders: { except: violations } });
    expect(findings.map((f) => f.package.name)).toContain('linux-libc-dev');
    expect(filtered).toBeUndefined();
  });

  test('leaves the report itself as it was', async () => {
    const before = JSON.stringify(await report);
    filterFindings(await report, { ignoreUnfixed: true, severities: [] });
    expect(JSON.stringify(await report)).toBe(before);
  });
});

describe('applyPolicy: findings without a severity', () => {
  const unrated = [group('a', [fixed(id, '2')])];
  const nvd: FeedInfo = { id: 'nvd', namespaces: [], rates: true, refreshMinutes: 120 };
  const epss: FeedInfo = { id: 'epss', namespaces: [], rates: false, refreshMinutes: 120 };
  const withNvd = async (states: readonly FeedState[], feeds = [...options.feeds, nvd, epss]): Promise<Report> =>
    reportOf([deb('a', '1')], unrated, {
      states: [stateOf('debian-security-tracker', ['debian:12']), stateOf('alpine-secdb', []), ...states],
      options: { feeds },
    });
  const stale = stateOf('nvd', [], { lastSuccess: '2025-01-01T00:00:00Z' });
  const one = { findings: 1, missing: [], switchedOff: [], lacking: [] };
  const year = id.slice(0, 'CVE-2023-'.length);
  const without = (prefix: string): FeedState =>
    stateOf('nvd', [], { missing: [{ name: 'year.json', ids: [prefix] }] });
  const lacking = [{ feed: 'nvd', document: 'year.json' }];
  const off: ScanPolicy = { failOn: 'High', switchedOff: ['nvd'] };
  const rows: readonly (readonly [string, readonly FeedState[], ScanPolicy, PolicyResult['unrated'], number])[] = [
    ['no gate asks for severities', [], {}, undefined, 0],
    ['the severities were never loaded', [], { failOn: 'High' }, { ...one, missing: ['nvd'] }, 4],
    ['the severities are stale', [stale], { failOn: 'High' }, { ...one, missing: ['nvd'] }, 4],
    ['those of its year were never loaded', [without(year)], { failOn: 'High' }, { ...one, lacking }, 4],
    [
      'so they were, and it is accepted',
      [without(year)],
      { failOn: 'High', allowUnrated: true },
      { ...one, lacking },
      0,
    ],
    ['those of another year were never loaded', [without('CVE-1999-')], { failOn: 'High' }, one, 0],
    ['nobody rates it', [stateOf('nvd', [])], { failOn: 'High' }, one, 0],
    ['missing data is accepted', [], { failOn: 'High', allowStale: true }, { ...one, missing: ['nvd'] }, 0],
    ['they are accepted', [], { failOn: 'High', allowUnrated: true }, { ...one, missing: ['nvd'] }, 0],
    ['who rates is switched off', [stateOf('nvd', [])], off, { ...one, switchedOff: ['nvd'] }, 4],
    [
      'that is not missing data',
      [stateOf('nvd', [])],
      { ...off, allowStale: true },
      { ...one, switchedOff: ['nvd'] },
      4,
    ],
    ['that is accepted', [stateOf('nvd', [])], { ...off, allowUnrated: true }, { ...one, switchedOff: ['nvd'] }, 0],
    ['nothing is asked of who is switched off', [], { switchedOff: ['nvd'] }, undefined, 0],
    ['the gate takes it as it is', [], { failOn: 'Unknown' }, undefined, 2],
  ];
  test.each(rows)('%s', async (_, states, policy, expected, exitCode) => {
    const result = applyPolicy(await withNvd(states), policy);
    expect([result.unrated, result.exitCode]).toEqual([expected, exitCode]);
  });

  test('no feed is there to rate it', async () => {
    const result = applyPolicy(await withNvd([], [...options.feeds, epss]), { failOn: 'High' });
    expect([result.unrated, result.exitCode]).toEqual([one, 0]);
  });

  test.each([
    ['what has no fix, where that is not a failure', { id, state: 'affected' as const }],
    ['what the vendor has not decided', { id, state: 'under_investigation' as const }],
    ['what only informs', { id, state: 'fixed' as const, ranges: [{ fixed: '2' }], kind: 'informational' as const }],
  ])('does not count %s', async (_, advisory) => {
    const feeds = [...options.feeds, nvd];
    const report = await reportOf([deb('a', '1')], [group('a', [advisory])], { options: { feeds } });
    expect(applyPolicy(report, { failOn: 'High', ignoreUnfixed: true })).not.toHaveProperty('unrated');
  });
});
