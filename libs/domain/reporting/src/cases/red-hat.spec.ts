import type { Advisory, PlacedFeature, RepositoryProducts } from '@clarion/model';
import { base, by, fixed, inScope, namespaceOf, rpm, top } from '@clarion/test-kit/match-facts';
import { expectRow, type CaseRow, reportOf, type CaseSetting } from '../../testing/reports';

/** Repositories as Red Hat's map has them. */
const repositories: readonly RepositoryProducts[] = [
  ['ubi-8-baseos-rpms', 'cpe:/o:redhat:enterprise_linux:8::baseos'],
  ['ubi-9-baseos-rpms', 'cpe:/o:redhat:enterprise_linux:9::baseos'],
  ['ubi-9-appstream-rpms', 'cpe:/a:redhat:enterprise_linux:9::appstream'],
  ['rhel-7-server-rpms', 'cpe:/o:redhat:enterprise_linux:7::server'],
  ['rhel-10-for-x86_64-baseos-rpms', 'cpe:/o:redhat:enterprise_linux:10.0::baseos'],
  ['rhel-8-for-x86_64-baseos-eus-rpms', 'cpe:/o:redhat:rhel_eus:8.4::baseos', 'cpe:/o:redhat:rhel_eus:8.6::baseos'],
  ['rhocp-4.13-for-rhel-9-x86_64-rpms', 'cpe:/a:redhat:openshift:4.13::el9'],
].map(([repository = '', ...cpes]) => ({ feed: 'redhat-vex', repository, cpes }));

const contentSets = (layer: string, ...values: readonly string[]): CaseSetting => ({
  repositories,
  image: { evidence: values.map((value) => ({ kind: 'content-set', value, path: 'root/buildinfo/x.json', layer })) },
});
const onMinor = (release: string, setting: CaseSetting): CaseSetting => ({
  ...setting,
  image: { ...setting.image, namespaces: [{ ...namespaceOf('rhel:8', 'rpm'), versionText: release }] },
});
const rhel9 = by('rhel:9', 'rpm', 'binary');
const rhel8 = by('rhel:8', 'rpm', 'binary');
const of = (...cpes: readonly string[]): { readonly cpes: readonly string[] } => ({ cpes });

const baseos9 = of('cpe:/o:redhat:enterprise_linux:9::baseos');
const cve = 'CVE-2024-6387';
const openssh = rpm('openssh', '8.7p1-38.el9', { repository: 'ubi-9-baseos-rpms' });
const fixIn9 = '8.7p1-38.el9_4.1';
const known: CaseSetting = { repositories };

describe('rule 23: products of the repository a package came from', () => {
  const rows: readonly CaseRow[] = [
    ['the same product', openssh, rhel9('openssh', [inScope(cve, fixIn9, baseos9)]), [`${cve} fixed ${fixIn9}`], known],
    [
      'the release as a whole, under either part',
      rpm('openssh', '8.7p1-38.el9', { repository: 'ubi-9-appstream-rpms' }),
      rhel9('openssh', [{ id: cve, state: 'affected', scope: of('cpe:/o:redhat:enterprise_linux:9') }]),
      [`${cve} affected -`],
      known,
    ],
    [
      'another repository of the release',
      openssh,
      rhel9('openssh', [inScope(cve, fixIn9, of('cpe:/a:redhat:enterprise_linux:9::appstream'))]),
      [],
      known,
    ],
    [
      'one of several products',
      openssh,
      rhel9('openssh', [inScope(cve, fixIn9, of('cpe:/a:redhat:openshift:4.13::el9', ...baseos9.cpes))]),
      [`${cve} fixed ${fixIn9}`],
      known,
    ],
    [
      'a layered product',
      openssh,
      rhel9('openssh', [inScope(cve, fixIn9, of('cpe:/a:redhat:openshift:4.13::el9'))]),
      [],
      known,
    ],
    [
      'a layered product that the package is of, by its stream',
      rpm('cri-o', '1.26.3-1.el9', { repository: 'rhocp-4.13-for-rhel-9-x86_64-rpms' }),
      by(
        'rhel:any',
        'rpm',
        'binary',
      )('cri-o', [{ id: cve, state: 'affected', scope: of('cpe:/a:redhat:openshift:4') }]),
      [`${cve} affected -`],
      known,
    ],
    [
      'a minor release of the product',
      rpm('openssh', '9.9p1-1.el10', { namespace: 'rhel:10', repository: 'rhel-10-for-x86_64-baseos-rpms' }),
      by(
        'rhel:10',
        'rpm',
        'either',
      )('openssh', [{ id: cve, state: 'will_not_fix', scope: of('cpe:/o:redhat:enterprise_linux:10') }]),
      [`${cve} will_not_fix -`],
      known,
    ],
    [
      'a row of one edition does not apply to the release as a whole',
      rpm('openssh', '7.4p1-21.el7', { namespace: 'rhel:7', repository: 'rhel-7-server-rpms' }),
      by(
        'rhel:7',
        'rpm',
        'binary',
      )('openssh', [inScope(cve, '7.4p1-23.el7_9', of('cpe:/o:redhat:enterprise_linux:7::workstation'))]),
      [],
      known,
    ],
    ['a product that is not a CPE', openssh, rhel9('openssh', [inScope(cve, fixIn9, of('redhat:9'))]), [], known],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });
});

describe('rule 23: content sets, and assumptions without them', () => {
  const bare = rpm('openssh', '8.7p1-38.el9');
  const upper = rpm('openssh', '8.7p1-38.el9', { layer: top });
  const fix = rhel9('openssh', [inScope(cve, fixIn9, baseos9)]);
  const rows: readonly CaseRow[] = [
    ['of the layer', bare, fix, [`${cve} fixed ${fixIn9}`], contentSets(base, 'ubi-9-baseos-rpms')],
    [
      'rule 6: of a layer below: built upon it',
      upper,
      fix,
      [`${cve} fixed ${fixIn9}`],
      contentSets(base, 'ubi-9-baseos-rpms'),
    ],
    [
      'rule 6: of a layer above: the same build',
      bare,
      fix,
      [`${cve} fixed ${fixIn9}`],
      contentSets(top, 'ubi-9-baseos-rpms'),
    ],
    ['of other products', bare, fix, [], contentSets(base, 'rhocp-4.13-for-rhel-9-x86_64-rpms')],
    [
      'unknown sets: the release is assumed',
      bare,
      fix,
      [`${cve} fixed ${fixIn9}`],
      contentSets(base, 'no-such-repository'),
    ],
    ['none: the release is assumed', bare, fix, [`${cve} fixed ${fixIn9}`]],
    [
      'none: for every architecture',
      rpm('openssh', '8.7p1-38.el9', { architecture: 's390x' }),
      fix,
      [`${cve} fixed ${fixIn9}`],
    ],
    ['none: no layered product', bare, rhel9('openssh', [inScope(cve, fixIn9, of('cpe:/a:redhat:openshift:4'))]), []],
    [
      'none: no other repository',
      bare,
      rhel9('openssh', [inScope(cve, fixIn9, of('cpe:/a:redhat:enterprise_linux:9::crb'))]),
      [],
    ],
    [
      'none on RHEL 7: all its editions',
      rpm('openssh', '7.4p1-21.el7', { namespace: 'rhel:7' }),
      by(
        'rhel:7',
        'rpm',
        'binary',
      )('openssh', [inScope(cve, '7.4p1-23.el7_9', of('cpe:/o:redhat:enterprise_linux:7::server'))]),
      [`${cve} fixed 7.4p1-23.el7_9`],
    ],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });

  test('what is assumed is reported, and makes nothing incomplete', async () => {
    const { findings, coverage } = await reportOf([bare], [fix]);
    expect(findings[0]?.statements[0]?.reason).toBe(
      'reduced certainty: repositories unknown, products of rhel:9 assumed',
    );
    expect(coverage).toMatchObject({ undetermined: [], complete: true });
  });

  test('what is known has no reduced certainty', async () => {
    const { findings } = await reportOf([bare], [fix], contentSets(base, 'ubi-9-baseos-rpms'));
    expect(findings[0]?.statements[0]?.reason).toBeNull();
  });
});

describe('support channels', () => {
  const eus = 'rhel-8-for-x86_64-baseos-eus-rpms';
  const installed = (version: string): PlacedFeature => rpm('glibc', version, { namespace: 'rhel:8', repository: eus });
  const baseRow = (version: string): Advisory => inScope(cve, version, of('cpe:/o:redhat:enterprise_linux:8::baseos'));
  const eusRow = (minor: string, version: string): Advisory =>
    inScope(cve, version, { cpes: [`cpe:/o:redhat:rhel_eus:${minor}::baseos`], channel: 'eus' });
  const on86 = onMinor('8.6', known);
  const rows: readonly CaseRow[] = [
    [
      'the fix of the channel counts, not the later one of the base',
      installed('2.28-189.5.el8_6'),
      rhel8('glibc', [baseRow('2.28-225.el8_8.6'), eusRow('8.6', '2.28-189.6.el8_6')]),
      [`${cve} fixed 2.28-189.6.el8_6`],
      on86,
    ],
    [
      'and clears what the base says',
      installed('2.28-189.6.el8_6'),
      rhel8('glibc', [baseRow('2.28-225.el8_8.6'), eusRow('8.6', '2.28-189.6.el8_6')]),
      [],
      on86,
    ],
    [
      'the base discloses; its fix of a later minor release cannot be had',
      installed('2.28-189.5.el8_6'),
      rhel8('glibc', [baseRow('2.28-225.el8_8.6')]),
      [`${cve} affected -`],
      on86,
    ],
    [
      'a fix of the same or an earlier minor release can',
      installed('2.28-160.el8'),
      rhel8('glibc', [baseRow('2.28-164.el8_5.1')]),
      [`${cve} fixed 2.28-164.el8_5.1`],
      on86,
    ],
    [
      'and one that names no minor release',
      installed('2.28-160.el8'),
      rhel8('glibc', [baseRow('2.28-225.el8')]),
      [`${cve} fixed 2.28-225.el8`],
      on86,
    ],
    [
      'the channel of another minor release',
      installed('2.28-151.el8'),
      rhel8('glibc', [eusRow('8.4', '2.28-151.6.el8_4')]),
      [],
      on86,
    ],
    [
      'of an unknown minor release, all that the repository serves',
      installed('2.28-151.el8'),
      rhel8('glibc', [eusRow('8.4', '2.28-151.6.el8_4'), baseRow('2.28-225.el8_8.6')]),
      [`${cve} fixed 2.28-151.6.el8_4`],
      known,
    ],
    [
      'a package of the base has the fixes of the base',
      rpm('glibc', '2.28-189.5.el8_6', { namespace: 'rhel:8', repository: 'ubi-8-baseos-rpms' }),
      rhel8('glibc', [baseRow('2.28-225.el8_8.6'), eusRow('8.6', '2.28-189.6.el8_6')]),
      [`${cve} fixed 2.28-225.el8_8.6`],
      on86,
    ],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });

  test('a fix that is not available is reported', async () => {
    const { findings } = await reportOf(
      [installed('2.28-189.5.el8_6')],
      [rhel8('glibc', [baseRow('2.28-225.el8_8.6')])],
      on86,
    );
    expect(findings[0]?.statements).toMatchObject([
      {
        state: 'fixed',
        reason: expect.stringContaining('fix 2.28-225.el8_8.6 is of a later minor release than 8.6') as string,
      },
    ]);
  });
});

describe('rebuilds of RHEL', () => {
  const fix = inScope('CVE-2023-4911', '2.17-326.el7_9', of('cpe:/o:redhat:enterprise_linux:7::server'));
  const rhel7 = by('rhel:7', 'rpm', 'binary');
  const rows: readonly CaseRow[] = [
    [
      'CentOS Linux has the rows of RHEL, of whatever repository',
      rpm('glibc', '2.17-325.el7_9', { namespace: 'centos:7' }),
      rhel7('glibc', [fix]),
      ['CVE-2023-4911 fixed 2.17-326.el7_9'],
    ],
    [
      'but none of layered products',
      rpm('glibc', '2.17-325.el7_9', { namespace: 'centos:7' }),
      rhel7('glibc', [inScope('CVE-2023-4911', '2.17-326.el7_9', of('cpe:/a:redhat:rhel_extras:7'))]),
      [],
    ],
    [
      'and none of channels',
      rpm('glibc', '2.17-325.el7_9', { namespace: 'centos:7' }),
      rhel7('glibc', [
        inScope('CVE-2023-4911', '2.17-326.el7_9', { cpes: ['cpe:/o:redhat:rhel_els:7'], channel: 'els' }),
      ]),
      [],
    ],
    [
      'a rebuild with the suffix of CentOS has the fix',
      rpm('httpd', '2.4.6-99.el7.centos.1', { namespace: 'centos:7' }),
      rhel7('httpd', [inScope('CVE-2023-25690', '2.4.6-98.el7_9.7', of('cpe:/o:redhat:enterprise_linux:7::server'))]),
      [],
    ],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });

  test('CentOS Stream: indicative', async () => {
    const feature = rpm('openssh', '8.7p1-38.el9', { namespace: 'centos-stream:9' });
    const { findings, coverage } = await reportOf([feature], [rhel9('openssh', [inScope(cve, fixIn9, baseos9)])]);
    expect(findings[0]?.statements[0]?.reason).toBe('reduced certainty: indicative, from the advisories of rhel:9');
    expect(coverage.namespaces).toMatchObject([{ id: 'centos-stream:9', feeds: ['feed'] }]);
  });

  test('a CentOS image is covered by a feed about RHEL, and expects it', async () => {
    const feeds = [{ id: 'redhat-vex', namespaces: ['rhel:*'], refreshMinutes: 240 }];
    const feature = rpm('glibc', '2.17-325.el7_9', { namespace: 'centos:7' });
    const { coverage } = await reportOf([feature], [], { options: { feeds } });
    expect(coverage.feeds).toEqual([
      { id: 'redhat-vex', role: 'advisories', updatedAt: null, revision: null, stale: false },
    ]);
    expect(coverage.uncovered).toMatchObject([
      { reason: expect.stringContaining('redhat-vex has not been loaded') as string },
    ]);
  });

  test('products other than the distribution do not cover it', async () => {
    const one = by('rhel:any', 'rpm', 'binary')('cri-o', [fixed(cve, '2')]);
    const { coverage } = await reportOf([rpm('openssh', '1', { namespace: 'rhel:11' })], [one]);
    expect(coverage).toMatchObject({ complete: false, namespaces: [{ id: 'rhel:11', feeds: [] }] });
  });
});

describe('names of sources and binaries in one group', () => {
  const libs = rpm('openssl-libs', '1:3.0.7-24.el9', { source: { name: 'openssl', version: '3.0.7-24.el9' } });
  const both = rpm('openssl', '1:3.0.7-24.el9', { source: { name: 'openssl', version: '3.0.7-24.el9' } });
  const unfixed: Advisory = { id: cve, state: 'affected', nameKind: 'either' };
  const bySource: Advisory = { ...fixed(cve, '1:3.0.7-25.el9_3'), nameKind: 'source', epochs: 'auto' };
  const rows: readonly CaseRow[] = [
    ['a flaw without a fix, named by the source', libs, rhel9('openssl', [unfixed]), [`${cve} affected -`]],
    ['reported once where the names are the same', both, rhel9('openssl', [unfixed]), [`${cve} affected -`]],
    ['a fix of the binary is not for other binaries', libs, rhel9('openssl', [fixed(cve, '1:3.0.7-25.el9_3')]), []],
    [
      'a fix of the source, whose version has no epoch',
      libs,
      rhel9('openssl', [bySource]),
      [`${cve} fixed 1:3.0.7-25.el9_3`],
    ],
    [
      'and is not newer for its epoch',
      rpm('openssl-libs', '1:3.0.7-25.el9_3', { source: { name: 'openssl', version: '3.0.7-25.el9_3' } }),
      rhel9('openssl', [bySource]),
      [],
    ],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });
});
