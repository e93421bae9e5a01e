import type { Advisory, PlacedFeature } from '@clarion/model';
import { apk, by, deb, evidence, fixed, inScope, namespaceOf, rpm } from '@clarion/test-kit/match-facts';
import { expectRow, type CaseRow, reportOf } from '../../testing/reports';

describe('Ubuntu', () => {
  const jammy = by('ubuntu:22.04', 'dpkg', 'source');
  const ubuntu = (name: string, version: string): PlacedFeature => deb(name, version, { namespace: 'ubuntu:22.04' });
  const esm = (version: string): Advisory => inScope('CVE-2023-4863', version, { channel: 'esm-apps' });
  const fips = (version: string): Advisory => inScope('CVE-2023-0464', version, { channel: 'fips-updates' });
  const openssl = '3.0.2-0ubuntu1.10';
  const rows: readonly CaseRow[] = [
    [
      'a released fix',
      ubuntu('openssl', '3.0.2-0ubuntu1.8'),
      jammy('openssl', [fixed('CVE-2023-0464', '3.0.2-0ubuntu1.9')]),
      ['CVE-2023-0464 fixed 3.0.2-0ubuntu1.9'],
    ],
    [
      'rule 17: ignored at the end of standard support stays affected',
      ubuntu('tar', '1.34+dfsg-1ubuntu0.1'),
      jammy('tar', [{ id: 'CVE-2023-39804', state: 'end_of_life' }]),
      ['CVE-2023-39804 end_of_life -'],
    ],
    ['rule 10: released in 0 is not affected', ubuntu('tar', '1.34'), jammy('tar', [fixed('CVE-2023-39804', '0')]), []],
    [
      'a fix only in ESM discloses the flaw, and cannot be had without the service',
      ubuntu('qtwebkit', '5.212-1ubuntu1'),
      jammy('qtwebkit', [esm('5.212-1ubuntu1+esm1')]),
      ['CVE-2023-4863 affected -'],
    ],
    [
      'the service makes it a fix',
      ubuntu('qtwebkit', '5.212-1ubuntu1'),
      jammy('qtwebkit', [esm('5.212-1ubuntu1+esm1')]),
      ['CVE-2023-4863 fixed 5.212-1ubuntu1+esm1'],
      evidence('service', 'esm-apps'),
    ],
    [
      'the service for other packages does not',
      ubuntu('qtwebkit', '5.212-1ubuntu1'),
      jammy('qtwebkit', [esm('5.212-1ubuntu1+esm1')]),
      ['CVE-2023-4863 affected -'],
      evidence('service', 'esm-infra'),
    ],
    [
      'a version built for ESM proves the channel',
      ubuntu('qtwebkit', '5.212-1ubuntu1~esm1'),
      jammy('qtwebkit', [esm('5.212-1ubuntu1~esm2'), { id: 'CVE-2023-4863', state: 'affected' }]),
      ['CVE-2023-4863 fixed 5.212-1ubuntu1~esm2'],
    ],
    [
      'and its fix clears what the release says',
      ubuntu('qtwebkit', '5.212-1ubuntu1+esm1'),
      jammy('qtwebkit', [esm('5.212-1ubuntu1+esm1'), { id: 'CVE-2023-4863', state: 'affected' }]),
      [],
    ],
    [
      'the release decides before a channel that is not enabled',
      ubuntu('qtwebkit', '5.212-1ubuntu1'),
      jammy('qtwebkit', [esm('5.212-1ubuntu1+esm1'), { id: 'CVE-2023-4863', state: 'not_affected' }]),
      [],
    ],
    [
      'channels can be switched on',
      ubuntu('qtwebkit', '5.212-1ubuntu1'),
      jammy('qtwebkit', [esm('5.212-1ubuntu1+esm1')]),
      ['CVE-2023-4863 fixed 5.212-1ubuntu1+esm1'],
      { options: { supportChannels: 'always' } },
    ],
    [
      'and off, whatever the image shows',
      ubuntu('qtwebkit', '5.212-1ubuntu1'),
      jammy('qtwebkit', [esm('5.212-1ubuntu1+esm1')]),
      ['CVE-2023-4863 affected -'],
      { ...evidence('service', 'esm-apps'), options: { supportChannels: 'never' } },
    ],
    [
      'rule 23: FIPS rows are not for ordinary packages',
      ubuntu('openssl', openssl),
      jammy('openssl', [fips('3.0.2-0ubuntu1.9+Fips2')]),
      [],
    ],
    [
      'rule 23: FIPS packages have FIPS rows only',
      ubuntu('openssl', '3.0.2-0ubuntu1.9+Fips1'),
      jammy('openssl', [fips('3.0.2-0ubuntu1.9+Fips2'), fixed('CVE-2023-0464', '3.0.2-0ubuntu1.10')]),
      ['CVE-2023-0464 fixed 3.0.2-0ubuntu1.9+Fips2'],
    ],
    [
      'rule 23: of the FIPS channel that is enabled',
      ubuntu('openssl', '3.0.2-0ubuntu1.9+Fips1'),
      jammy('openssl', [fips('3.0.2-0ubuntu1.9+Fips2')]),
      [],
      evidence('service', 'fips'),
    ],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });

  test('a fix that only Ubuntu Pro has is reported as such', async () => {
    const advisories = [{ id: 'CVE-2023-4863', state: 'affected' } as const, esm('5.212-1ubuntu1+esm1')];
    const { findings } = await reportOf([ubuntu('qtwebkit', '5.212-1ubuntu1')], [jammy('qtwebkit', advisories)]);
    expect(findings).toMatchObject([{ state: 'affected', fixedIn: null, fixAvailableIn: 'ubuntu-pro' }]);
    expect(findings[0]?.statements.map(({ fixedIn, reason }) => [fixedIn, reason])).toEqual([
      [null, null],
      ['5.212-1ubuntu1+esm1', 'only in channel esm-apps, not enabled here'],
    ]);
  });
});

describe('Alpine, Wolfi and Chainguard', () => {
  const rows: readonly CaseRow[] = ['alpine:edge', 'wolfi', 'chainguard'].map((namespace) => [
    `${namespace} has advisories of its own`,
    apk('libssl3', '3.3.0-r0', { namespace, source: { name: 'openssl', version: '3.3.0-r0' } }),
    by(namespace, 'apk', 'source')('openssl', [fixed('CVE-2024-4741', '3.3.0-r3')]),
    ['CVE-2024-4741 fixed 3.3.0-r3'],
  ]);
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });
});

test('a rejection for any release does not keep a package from being matched with a channel', async () => {
  const any = by('alpine:any', 'apk', 'source')('newthing', [{ id: 'CVE-2024-2000', state: 'not_affected' }]);
  const edge = by(
    'alpine:edge',
    'apk',
    'source',
  )('newthing', [fixed('CVE-2024-1000', '2-r0'), fixed('CVE-2024-2000', '2-r0')]);
  const image = { channels: [namespaceOf('alpine:edge', 'apk')] };
  const { findings } = await reportOf([apk('newthing', '1-r0')], [any, edge], { image });
  expect(findings.map(({ id }) => id)).toEqual(['CVE-2024-1000', 'CVE-2024-2000']);
  expect((await reportOf([apk('newthing', '1-r0')], [any, edge])).findings).toEqual([]);
});

describe('Oracle', () => {
  const oracle8 = by('oracle:8', 'rpm', 'binary');
  const ol = (name: string, version: string): PlacedFeature => rpm(name, version, { namespace: 'oracle:8' });
  const ksplice = inScope('CVE-2023-4911', '2:2.28-225.0.4.ksplice1.el8_8.6', { flavour: 'ksplice' });
  const plain = fixed('CVE-2023-4911', '2.28-225.0.4.el8_8.6');
  const rows: readonly CaseRow[] = [
    [
      'an ordinary build',
      ol('glibc', '2.28-225.0.3.el8'),
      oracle8('glibc', [ksplice, plain]),
      ['CVE-2023-4911 fixed 2.28-225.0.4.el8_8.6'],
    ],
    [
      'rule 23: a fix of ksplice builds is not for ordinary ones',
      ol('glibc', '2.28-225.0.3.el8'),
      oracle8('glibc', [ksplice]),
      [],
    ],
    [
      'rule 23: a ksplice build has fixes of its own',
      ol('glibc', '2:2.28-225.0.3.ksplice1.el8'),
      oracle8('glibc', [ksplice, plain]),
      ['CVE-2023-4911 fixed 2:2.28-225.0.4.ksplice1.el8_8.6'],
    ],
    [
      'rule 23: a certified build has fixes of its own',
      ol('openssl', '10:1.1.1k-9.el8_7_fips'),
      oracle8('openssl', [
        fixed('CVE-2023-0286', '1:1.1.1k-9.el8_7'),
        inScope('CVE-2023-0286', '10:1.1.1k-12.el8_9_fips', { flavour: 'fips' }),
      ]),
      ['CVE-2023-0286 fixed 10:1.1.1k-12.el8_9_fips'],
    ],
    [
      'rule 23: a UEK kernel meets UEK errata',
      ol('kernel-uek', '5.15.0-200.131.27.el8uek'),
      oracle8('kernel-uek', [fixed('CVE-2023-6546', '5.15.0-203.146.5.1.el8uek')]),
      ['CVE-2023-6546 fixed 5.15.0-203.146.5.1.el8uek'],
    ],
    [
      'rule 23: and no others that share a name',
      ol('bpftool', '5.15.0-200.131.27.el8uek'),
      oracle8('bpftool', [fixed('CVE-2023-6546', '6.18.0-513.18.1.el8_9')]),
      [],
    ],
    [
      'rule 19: a release without data is not clean',
      rpm('glibc', '2.39-1.el10', { namespace: 'oracle:10' }),
      oracle8('glibc', [plain]),
      [],
    ],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });

  test('rule 19: Oracle 10 without data is incomplete', async () => {
    const { coverage } = await reportOf(
      [rpm('glibc', '2.39-1.el10', { namespace: 'oracle:10' })],
      [oracle8('glibc', [plain])],
    );
    expect(coverage).toMatchObject({ complete: false, namespaces: [{ id: 'oracle:10', feeds: [] }] });
  });
});

test('rule 24: a package of a publisher is matched with a note and listed', async () => {
  const docker = deb('containerd.io', '1.6.20-1', { vendor: 'Docker <support@docker.com>', namespace: 'ubuntu:22.04' });
  const one = by('ubuntu:22.04', 'dpkg', 'source')('containerd.io', [fixed('CVE-2024-21626', '1.6.28-1')]);
  const { findings, coverage } = await reportOf([docker], [one], {
    image: { namespaces: [namespaceOf('ubuntu:22.04')] },
  });
  expect(findings[0]?.statements[0]?.reason).toContain('reduced certainty: package is from Docker');
  expect(coverage.uncovered).toMatchObject([{ package: 'containerd.io' }]);
});
