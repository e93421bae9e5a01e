import type { Advisory, AdvisoryGroup } from '@clarion/model';
import { apk, deb, fixed, group, rpm, secdb } from '@clarion/test-kit/match-facts';
import { linesOf, reportOf } from '../../testing/reports';

const openssl = { name: 'openssl', version: '3.0.11-1~deb12u2' };
const libssl3 = deb('libssl3', '3.0.11-1~deb12u2', { source: openssl });
const cve = 'CVE-2023-5678';
const open = (state: Advisory['state'], more: Partial<Advisory> = {}): Advisory => ({ id: cve, state, ...more });

describe('several advisories about one flaw', () => {
  const user = { feed: 'own-feed' };
  const rows: readonly (readonly [string, readonly AdvisoryGroup[], string | undefined])[] = [
    [
      'the highest of several fixes counts',
      [group('openssl', [fixed(cve, '3.0.12'), fixed(cve, '3.0.14'), fixed(cve, '3.0.13')])],
      'fixed 3.0.14',
    ],
    [
      'a lower fix that is installed does not clear a higher one',
      [group('openssl', [fixed(cve, '3.0.10'), fixed(cve, '3.0.14')])],
      'fixed 3.0.14',
    ],
    [
      'equal fixes in other spelling: one of them, always the same',
      [group('openssl', [fixed(cve, '3.0.14'), fixed(cve, '0:3.0.14')])],
      'fixed 0:3.0.14',
    ],
    [
      'not affected suppresses other feeds',
      [group('openssl', [open('not_affected')]), group('openssl', [fixed(cve, '4')], user)],
      undefined,
    ],
    [
      'not affected of another feed suppresses too',
      [group('openssl', [fixed(cve, '4')]), group('openssl', [open('not_affected')], user)],
      undefined,
    ],
    ['fixed wins over postponed', [group('openssl', [open('fix_deferred'), fixed(cve, '3.0.14')])], 'fixed 3.0.14'],
    [
      'an installed fix clears what an older document says',
      [group('openssl', [open('affected'), fixed(cve, '3.0.10')])],
      undefined,
    ],
    [
      'the more final word of two unfixed states',
      [group('openssl', [open('affected'), open('will_not_fix')])],
      'will_not_fix -',
    ],
    ['affected wins over undecided', [group('openssl', [open('under_investigation'), open('affected')])], 'affected -'],
    [
      'rule 22: a channel without evidence decides nothing, and is reported',
      [group('openssl', [open('affected'), fixed(cve, '3.0.10', { scope: { channel: 'elts' } })])],
      'affected -',
    ],
    [
      'rule 22: a channel alone discloses nothing',
      [group('openssl', [fixed(cve, '4', { scope: { channel: 'elts' } })])],
      undefined,
    ],
    [
      'rule 21: a row of another architecture is heard where there is no other',
      [group('openssl', [fixed(cve, '4', { scope: { architectures: ['s390x'] } })])],
      'fixed 4',
    ],
    [
      'fixes in different orders are not compared',
      [
        group('openssl', [fixed(cve, '3.0.14')]),
        group('openssl', [fixed(cve, '3.0.99')], { scheme: 'rpm', feed: 'own-feed' }),
      ],
      'fixed 3.0.14',
    ],
  ];

  test.each(rows)('%s', async (_, groups, expected) => {
    const lines = await linesOf([libssl3], groups);
    expect(lines).toEqual(expected === undefined ? [] : [`libssl3 ${cve} ${expected} Unknown`]);
  });

  test('all advisories are listed unchanged, each once', async () => {
    const advisories = [
      fixed(cve, '3.0.12', { advisory: 'DSA-1', severity: 'Low', vendorSeverity: 'low', reason: 'partial' }),
      fixed(cve, '3.0.14', { severity: 'Medium' }),
      fixed(cve, '3.0.10', { scope: { channel: 'elts' } }),
    ];
    const groups = [group('openssl', advisories), group('openssl', advisories, { document: 'copy' })];
    const { findings } = await reportOf([libssl3], groups);
    const feed = 'debian-security-tracker';
    expect(findings[0]?.statements).toEqual([
      {
        feed,
        id: cve,
        state: 'fixed',
        fixedIn: '3.0.10',
        severity: null,
        reason: 'only in channel elts, not enabled here',
      },
      { feed, id: cve, state: 'fixed', fixedIn: '3.0.14', severity: 'Medium', reason: null },
      { feed, id: 'DSA-1', state: 'fixed', fixedIn: '3.0.12', severity: 'low', reason: 'partial' },
    ]);
  });

  test('advisories about something else are not mentioned', async () => {
    const elsewhere = fixed(cve, '4', { advisory: 'DSA-9', scope: { architectures: ['s390x'] } });
    const { findings } = await reportOf([libssl3], [group('openssl', [fixed(cve, '3.0.14'), elsewhere])]);
    expect(findings.map(({ statements }) => statements.map(({ fixedIn }) => fixedIn))).toEqual([['3.0.14']]);
  });

  test('a flaw that the package does not have leaves no question open', async () => {
    const unknown = fixed(cve, '4', { scope: { cpes: ['cpe:/o:x'] } });
    const { coverage } = await reportOf([libssl3], [group('openssl', [unknown])]);
    expect(coverage.undetermined).toMatchObject([{ package: 'libssl3', vulnerability: cve }]);
    const report = await reportOf([libssl3], [group('openssl', [unknown, open('not_affected')])]);
    expect([report.findings, report.coverage.undetermined]).toEqual([[], []]);
  });

  test.each([
    ['a fix without a position in the order is a question about its flaw', '3.0.11', ' ', [cve, 'CVE-2024-2']],
    ['a version without a position in the order is one about the package', ' ', '3.0.14', [null]],
  ])('%s', async (_, version, fix, expected) => {
    const advisories = [fixed(cve, fix), fixed('CVE-2024-2', fix)];
    const report = await reportOf([deb('openssl', version)], [group('openssl', advisories)]);
    expect(report.findings).toEqual([]);
    expect(report.coverage.undetermined.map(({ vulnerability }) => vulnerability)).toEqual(expected);
  });

  test.each([
    ['source', 'openssl', [`openssl-libs ${cve} fixed 2 Unknown`]],
    ['binary', 'openssl-libs', []],
  ] as const)('rows of source packages are for the %s name', async (nameKind, name, expected) => {
    const members = { namespace: 'rhel:9', scheme: 'rpm', nameKind } as const;
    const installed = rpm('openssl-libs', '1', { source: { name: 'openssl', version: '1' } });
    const rows = [fixed(cve, '2', { scope: { architectures: ['src'] } })];
    expect(await linesOf([installed], [group(name, rows, members)])).toEqual(expected.slice());
  });

  test('main and community both cover an Alpine package', async () => {
    const groups = [secdb('nodejs', []), secdb('nodejs', [fixed(cve, '20.15.1-r0')], { document: 'v3.20/community' })];
    expect(await linesOf([apk('nodejs', '20.15.0-r0')], groups)).toEqual([`nodejs ${cve} fixed 20.15.1-r0 Unknown`]);
  });
});

describe('identity', () => {
  test('rule 25: a CVE and a GHSA of one flaw are one finding', async () => {
    const groups = [
      group('openssl', [{ id: cve, aliases: ['GHSA-aaaa-bbbb-cccc'], state: 'affected' }]),
      group('openssl', [{ id: 'GHSA-aaaa-bbbb-cccc', state: 'affected' }], { feed: 'own-feed' }),
    ];
    const { findings } = await reportOf([libssl3], groups);
    expect(findings).toMatchObject([{ id: cve, aliases: ['GHSA-aaaa-bbbb-cccc'] }]);
    expect(findings[0]?.statements).toHaveLength(2);
  });

  test('rule 25: not affected under the alias suppresses both', async () => {
    const groups = [
      group('openssl', [{ id: cve, aliases: ['GHSA-aaaa-bbbb-cccc'], state: 'affected' }]),
      group('openssl', [{ id: 'GHSA-aaaa-bbbb-cccc', state: 'not_affected' }], { feed: 'own-feed' }),
    ];
    expect(await linesOf([libssl3], groups)).toEqual([]);
  });

  test('rule 25: not affected under an id that only aliases connect', async () => {
    const groups = [group('openssl', [open('affected'), { id: 'GHSA-a', aliases: [cve], state: 'not_affected' }])];
    expect(await linesOf([libssl3], groups)).toEqual([]);
  });

  test('rule 26: an advisory with several CVEs gives each of them', async () => {
    const advisory: Advisory = { id: 'CVE-2024-1111', aliases: ['CVE-2024-2222'], state: 'affected' };
    const { findings } = await reportOf([libssl3], [group('openssl', [advisory])]);
    expect(findings.map(({ id }) => id)).toEqual(['CVE-2024-1111', 'CVE-2024-2222']);
  });

  test('rule 28: an alias makes no finding for a package of another namespace', async () => {
    const groups = [
      group('openssl', [{ id: 'GHSA-aaaa-bbbb-cccc', aliases: [cve], state: 'affected' }], { namespace: 'npm' }),
      group('openssl', [{ id: 'CVE-2020-1000', state: 'not_affected' }]),
    ];
    expect(await linesOf([libssl3], groups)).toEqual([]);
  });

  test('two architectures and two paths are separate instances', async () => {
    const features = [deb('a', '1'), deb('a', '1', { architecture: 'i386' }), deb('a', '1', { path: 'opt/status' })];
    const { findings } = await reportOf(features, [group('a', [fixed(cve, '2')])]);
    expect(findings.map((f) => [f.package.architecture, f.package.path])).toEqual([
      ['amd64', 'opt/status'],
      ['amd64', 'var/lib/dpkg/status'],
      ['i386', 'var/lib/dpkg/status'],
    ]);
  });

  test('packages that differ only in what a finding does not show still have one order', async () => {
    const fix = (stream: string, version: string): Advisory => fixed(cve, version, { scope: { module: stream } });
    const members = { namespace: 'rhel:9', scheme: 'rpm', nameKind: 'binary' } as const;
    const groups = [group('nodejs', [fix('nodejs:18', '3'), fix('nodejs:20', '2')], members)];
    const features = [rpm('nodejs', '1', { module: 'nodejs:18' }), rpm('nodejs', '1', { module: 'nodejs:20' })];
    for (const all of [features, features.toReversed()]) {
      expect((await reportOf(all, groups)).findings.map(({ fixedIn }) => fixedIn)).toEqual(['2', '3']);
    }
  });

  test('rule 23: module streams are separate', async () => {
    const members = { namespace: 'rhel:9', scheme: 'rpm', nameKind: 'binary' } as const;
    const stream = (name: string): AdvisoryGroup =>
      group('nodejs', [fixed(cve, '1:18.20.8-1', { scope: { module: name } })], members);
    const nodejs = rpm('nodejs', '1:18.20.2-1.module+el9', { module: 'nodejs:18:9040020240426:rhel9' });
    expect(await linesOf([nodejs], [stream('nodejs:18')])).toHaveLength(1);
    expect(await linesOf([nodejs], [stream('nodejs:20')])).toHaveLength(0);
  });
});
