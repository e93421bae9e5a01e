import { type Advisory, type AdvisoryGroup, type PlacedFeature, severities, workLimits } from '@clarion/model';
import {
  apk,
  deb,
  factsOf,
  fixed,
  group,
  imageOf,
  line,
  namespaceOf,
  options,
  rpm,
  secdb,
} from '@clarion/test-kit/match-facts';
import { makeReport } from './make-report';
import { linesOf, reportOf } from '../testing/reports';

const openssl = { name: 'openssl', version: '3.0.11-1~deb12u2' };
const libssl3 = deb('libssl3', '3.0.11-1~deb12u2', { source: openssl });
const cve = 'CVE-2023-5678';
const open = (state: Advisory['state'], more: Partial<Advisory> = {}): Advisory => ({ id: cve, state, ...more });

describe('one advisory, one package', () => {
  const rows: readonly (readonly [string, Advisory, readonly string[]])[] = [
    ['fixed above the installed version', fixed(cve, '3.0.13-1~deb12u1'), ['fixed 3.0.13-1~deb12u1 Unknown']],
    ['fixed in the installed version', fixed(cve, '3.0.11-1~deb12u2'), []],
    ['affected', open('affected'), ['affected - Unknown']],
    ['will not fix', open('will_not_fix'), ['will_not_fix - Unknown']],
    ['fix deferred', open('fix_deferred'), ['fix_deferred - Unknown']],
    // Rule 17: out of support is still affected.
    ['rule 17: end of life stays affected', open('end_of_life'), ['end_of_life - Unknown']],
    // Rule 16: what Debian calls undetermined, unimportant or TEMP is not an ordinary finding.
    ['rule 16: undetermined is shown separately', open('under_investigation'), ['under_investigation - Unknown']],
    ['rule 16: unimportant is negligible', open('affected', { severity: 'Negligible' }), ['affected - Negligible']],
    ['rule 16: urgency is not inflated', open('affected', { severity: 'Low' }), ['affected - Low']],
    ['not affected', open('not_affected'), []],
    ['rule 10: fixed in 0 is not affected', fixed(cve, '0'), []],
    [
      'rule 14: last affected is inclusive',
      open('affected', { ranges: [{ lastAffected: openssl.version }] }),
      ['affected - Unknown'],
    ],
  ];

  test.each(rows)('%s', async (_, advisory, expected) => {
    const lines = await linesOf([libssl3], [group('openssl', [advisory])]);
    expect(lines).toEqual(expected.map((rest) => `libssl3 ${cve} ${rest}`));
  });

  test('rule 16: a TEMP id is kept, without alias', async () => {
    const { findings } = await reportOf(
      [libssl3],
      [group('openssl', [{ id: 'TEMP-0000000-F41FD3', state: 'affected' }])],
    );
    expect(findings).toMatchObject([{ id: 'TEMP-0000000-F41FD3', aliases: [] }]);
  });
});

describe('names and versions', () => {
  const postgresql = deb('postgresql-client', '15+248', { source: { name: 'postgresql-common', version: '248' } });
  const rows: readonly (readonly [string, PlacedFeature, AdvisoryGroup, boolean])[] = [
    // The binary version 15+248 is older than 210 and 1:1, the source version 248 is not.
    ['rule 9: source version for a source name', postgresql, group('postgresql-common', [fixed(cve, '210')]), false],
    ['rule 9: and it is found vulnerable by it', postgresql, group('postgresql-common', [fixed(cve, '249')]), true],
    [
      'rule 9: a source row never meets a binary of that name',
      postgresql,
      group('postgresql-client', [fixed(cve, '999')]),
      false,
    ],
    [
      'a binNMU belongs to the binary version',
      deb('a', '1.0-1+b1', { source: { name: 'a', version: '1.0-1' } }),
      group('a', [fixed(cve, '1.0-1+a')]),
      true,
    ],
    ['no source named: the name is the source', deb('zlib1g', '1:1.2'), group('zlib1g', [fixed(cve, '1:1.3')]), true],
    ['an epoch counts', deb('zlib1g', '1:1.2'), group('zlib1g', [fixed(cve, '1.3')]), false],
    [
      'binary rows meet the binary version',
      postgresql,
      group('postgresql-client', [fixed(cve, '15+249')], { nameKind: 'binary' }),
      true,
    ],
    [
      'binary rows do not meet the source',
      postgresql,
      group('postgresql-common', [fixed(cve, '999')], { nameKind: 'binary' }),
      false,
    ],
    [
      'either meets the source',
      postgresql,
      group('postgresql-common', [fixed(cve, '249')], { nameKind: 'either' }),
      true,
    ],
    [
      'either meets the binary',
      postgresql,
      group('postgresql-client', [fixed(cve, '15+249')], { nameKind: 'either' }),
      true,
    ],
    [
      'an rpm without source has no source name',
      rpm('a', '1'),
      group('a', [fixed(cve, '2')], { namespace: 'rhel:9', scheme: 'rpm' }),
      false,
    ],
    [
      'sid is debian:unstable',
      deb('a', '1', { namespace: 'debian:unstable' }),
      group('a', [fixed(cve, '2')], { namespace: 'debian:unstable' }),
      true,
    ],
    ['another release says nothing', deb('a', '1'), group('a', [fixed(cve, '2')], { namespace: 'debian:11' }), false],
    // Rule 13: apk order, where _rc is older than the release and r10 newer than r9.
    ['rule 13: Alpine uses apk order', apk('a', '1.1.1_rc1-r0'), secdb('a', [fixed(cve, '1.1.1-r0')]), true],
    ['rule 13: revisions are numbers', apk('a', '1.1.1-r10'), secdb('a', [fixed(cve, '1.1.1-r9')]), false],
    [
      'a subpackage has the findings of its source package',
      apk('libcrypto3', '3.3.0-r1', { source: { name: 'openssl', version: '3.3.0-r1' } }),
      secdb('openssl', [fixed(cve, '3.3.0-r2')]),
      true,
    ],
    ['names of object members are names', deb('__proto__', '1'), group('__proto__', [fixed(cve, '2')]), true],
  ];

  test.each(rows)('%s', async (_, feature, advisories, vulnerable) => {
    expect(await linesOf([feature], [advisories])).toHaveLength(vulnerable ? 1 : 0);
  });

  test('an advisory for either counts once where source and binary share the name', async () => {
    const feature = deb('a', '1+b1', { source: { name: 'a', version: '1' } });
    const { findings } = await reportOf([feature], [group('a', [fixed(cve, '2')], { nameKind: 'either' })]);
    expect(findings).toMatchObject([{ statements: [{ id: cve }] }]);
  });

  test('binaries of one source are distinguished where advisories distinguish them', async () => {
    const source = { name: 'a', version: '1' };
    const features = [
      deb('bin1', '1', { source }),
      deb('bin2', '1', { source }),
      deb('bin3', '1', { source, architecture: 'arm64' }),
    ];
    const groups = [
      group('a', [fixed('CVE-2024-1000', '2', { scope: { architectures: ['arm64'] } })]),
      group('bin1', [fixed('CVE-2024-2000', '2')], { nameKind: 'binary' }),
    ];
    const { findings } = await reportOf(features, groups);
    expect(findings.map((f) => `${line(f)}${f.certainty === undefined ? '' : ` (${f.certainty})`}`)).toEqual([
      'bin1 CVE-2024-1000 fixed 2 Unknown (other-architecture)',
      'bin2 CVE-2024-1000 fixed 2 Unknown (other-architecture)',
      'bin3 CVE-2024-1000 fixed 2 Unknown',
      'bin1 CVE-2024-2000 fixed 2 Unknown',
    ]);
  });

  test('every binary of a source has the finding, and names the source', async () => {
    const { findings } = await reportOf(
      [libssl3, deb('openssl', openssl.version)],
      [group('openssl', [fixed(cve, '3.1')])],
    );
    expect(findings.map((f) => [f.package.name, f.source])).toEqual([
      ['libssl3', openssl],
      ['openssl', null],
    ]);
  });
});

describe('what cannot be compared', () => {
  const groups = [
    group('broken', [
      fixed('CVE-2024-1000', '2'),
      fixed('CVE-2024-2000', '3'),
      { id: 'CVE-2024-3000', state: 'affected' },
    ]),
    group('openssl', [fixed(cve, '3.1'), fixed('CVE-2024-4000', '')]),
  ];

  test('rule 11: one bad version neither fails the report nor hides the others', async () => {
    const { findings, coverage } = await reportOf([deb('broken', ''), libssl3], groups);
    expect(findings.map(line)).toEqual([`libssl3 ${cve} fixed 3.1 Unknown`, 'broken CVE-2024-3000 affected - Unknown']);
    const namespace = 'debian:12';
    expect(coverage.undetermined).toEqual([
      { package: 'broken', version: '', namespace, vulnerability: null, reason: 'not a version that dpkg can order' },
      {
        package: 'libssl3',
        version: openssl.version,
        namespace,
        vulnerability: 'CVE-2024-4000',
        reason: expect.stringContaining('""') as string,
      },
    ]);
    expect(coverage.complete).toBe(false);
  });

  test.each(['70.3.0-rc0', '1.0.2zk-r0', '6.6.2p1-r0'])(
    'rule 11: the odd Alpine version %s is matched',
    async (version) => {
      expect(await linesOf([apk('odd', version)], [secdb('odd', [fixed(cve, '99.0-r0')])])).toHaveLength(1);
    },
  );

  test('an unknown version scheme is reported once per package', async () => {
    const advisories = [fixed(cve, '4'), fixed('CVE-2024-4000', '5')];
    const { coverage, findings } = await reportOf([libssl3], [group('openssl', advisories, { scheme: 'moon' })]);
    expect(findings).toEqual([]);
    expect(coverage.undetermined).toMatchObject([{ vulnerability: null, reason: 'unknown version scheme' }]);
  });

  test('a scope that cannot be evaluated is undetermined, not safe', async () => {
    const scope = { cpes: ['cpe:/o:redhat:enterprise_linux:9'] };
    const { coverage } = await reportOf([libssl3], [group('openssl', [fixed(cve, '4', { scope })])]);
    expect(coverage.undetermined).toMatchObject([
      { vulnerability: cve, reason: 'product of the package is not known' },
    ]);
  });

  test('not affected settles a question that another advisory leaves open', async () => {
    const groups = [group('openssl', [open('not_affected'), fixed(cve, '')])];
    expect((await reportOf([libssl3], groups)).coverage.undetermined).toEqual([]);
  });
});

describe('channels beside the distribution', () => {
  const edge = { namespace: 'alpine:edge', document: 'edge/main' };
  const image = { channels: [{ ...namespaceOf('alpine:edge', 'apk'), path: 'etc/apk/repositories' }] };

  test('packages that the release does not know are matched with edge, with reduced certainty', async () => {
    const groups = [secdb('busybox', [fixed(cve, '1.37.0-r0')]), secdb('newthing', [fixed(cve, '2-r0')], edge)];
    const features = [apk('busybox', '1.36.1-r29'), apk('newthing', '1-r0')];
    const { findings, coverage } = await reportOf(features, groups, { image });
    expect(findings.map((f) => [line(f), f.package.namespace, f.statements[0]?.reason])).toEqual([
      [`busybox ${cve} fixed 1.37.0-r0 Unknown`, 'alpine:v3.20', null],
      [
        `newthing ${cve} fixed 2-r0 Unknown`,
        'alpine:v3.20',
        'reduced certainty: from alpine:edge, enabled beside alpine:v3.20',
      ],
    ]);
    expect(coverage.namespaces.map(({ id }) => id)).toEqual(['alpine:edge', 'alpine:v3.20']);
    expect(coverage.complete).toBe(true);
  });

  test('packages that the release knows are not matched with edge', async () => {
    const groups = [secdb('busybox', [fixed(cve, '1.36.0-r0')]), secdb('busybox', [fixed(cve, '9-r0')], edge)];
    expect((await reportOf([apk('busybox', '1.36.1-r29')], groups, { image })).findings).toEqual([]);
  });

  test('an image that is edge uses edge', async () => {
    const features = [apk('busybox', '1.36.1-r29', { namespace: 'alpine:edge' })];
    const { findings } = await reportOf(features, [secdb('busybox', [fixed(cve, '9-r0')], edge)]);
    expect(findings[0]?.statements[0]?.reason).toBeNull();
  });

  test('a channel of another family is ignored', async () => {
    const other = { channels: [namespaceOf('debian:13')] };
    const groups = [group('a', [fixed(cve, '2')], { namespace: 'debian:13' })];
    expect((await reportOf([apk('a', '1')], groups, { image: other })).findings).toEqual([]);
  });
});

describe('the report as a whole', () => {
  test('findings are sorted by severity, id, package; the summary counts them', async () => {
    const advisories = severities.map((severity, n) => ({
      id: `CVE-2024-100${9 - n}`,
      state: 'affected' as const,
      severity,
    }));
    const groups = [group('a', advisories), group('b', advisories)];
    const { findings, summary } = await reportOf([deb('b', '1'), deb('a', '1')], groups);
    const expected = severities.flatMap((severity) => [`a ${severity}`, `b ${severity}`]);
    expect(findings.map((f) => `${f.package.name} ${f.severity}`)).toEqual(expected);
    expect(Object.values(summary)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(Object.keys(summary)).toEqual(severities);
  });

  test('the parts are in the published order', async () => {
    expect(Object.keys(await reportOf([libssl3], []))).toEqual([
      'schemaVersion',
      'clarion',
      'image',
      'namespaces',
      'packages',
      'findings',
      'coverage',
      'suppressed',
      'problems',
      'summary',
      'totals',
    ]);
  });

  test('rule 29: a rejected store is the only thing that ends a report', async () => {
    const facts = { ...factsOf([]), feedStates: () => Promise.reject(new Error('store closed')) };
    await expect(makeReport(imageOf([libssl3]), facts, options)).rejects.toThrow('store closed');
  });

  test('an image without packages asks the store for no advisories', async () => {
    const advisories = jest.fn(factsOf([]).advisories);
    const report = await makeReport(imageOf([]), { ...factsOf([]), advisories }, options);
    expect(advisories).not.toHaveBeenCalled();
    expect(report).toMatchObject({ findings: [], packages: [], coverage: { complete: false } });
  });
});

describe('an update that becomes visible while a report is made', () => {
  const before = factsOf([group('openssl', [fixed(cve, '3.0.13-1~deb12u1')])]);
  const after = factsOf([group('openssl', [open('not_affected')])]);
  const statesAt = async (lastChange: string) => (await before.feedStates()).map((state) => ({ ...state, lastChange }));

  test('is in the whole report, since the report is made again', async () => {
    let asked = 0;
    const facts = {
      ...before,
      feedStates: () => statesAt(asked === 0 ? '1' : '2'),
      advisories: (names: Parameters<typeof before.advisories>[0]) =>
        (asked++ === 0 ? before : after).advisories(names),
    };
    const report = await makeReport(imageOf([libssl3]), facts, options);
    expect(report.findings).toEqual([]);
    expect(asked).toBeGreaterThan(1);
  });

  test('does not make the report endless', async () => {
    let asked = 0;
    const facts = { ...before, feedStates: () => statesAt(String((asked += 1))) };
    const report = await makeReport(imageOf([libssl3]), facts, options);
    expect(report.findings).toHaveLength(1);
    expect(asked).toBeLessThan(10);
  });
});

describe('an image that names a package of many flaws very often', () => {
  const flaws = 500;
  const kernel = { name: 'linux', version: '1.0' };
  const groups = group(
    'linux',
    Array.from({ length: flaws }, (_, n) => fixed(`CVE-2024-${10_000 + n}`, '2.0')),
  );
  const imageWith = (packages: number) =>
    imageOf(Array.from({ length: packages }, (_, n) => deb(`p${n}`, '1.0', { source: kernel })));

  test('has a report up to a limit, which says so and is not complete', async () => {
    const most = workLimits.matching.facts;
    const report = await makeReport(imageWith(most / flaws + 3), factsOf([groups]), options);
    expect(report.findings).toHaveLength(most);
    expect(report.problems).toEqual([
      expect.objectContaining({
        layer: null,
        code: 'limit-reached',
        message: `Matching the image finds more than ${most} findings; the rest is not taken into account`,
      }),
    ]);
    expect(report.coverage.complete).toBe(false);
    expect(report.packages).toHaveLength(most / flaws + 3);
  });

  test('shares what is known about a flaw among all packages of its source', async () => {
    const { findings } = await makeReport(imageWith(50), factsOf([groups]), options);
    expect(findings).toHaveLength(50 * flaws);
    expect(new Set(findings.map((finding) => finding.statements)).size).toBe(flaws);
    expect(new Set(findings.map((finding) => finding.links)).size).toBe(flaws);
    expect(new Set(findings.map((finding) => finding.package)).size).toBe(50);
  });
});
