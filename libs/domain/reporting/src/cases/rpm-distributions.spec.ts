import type { Advisory, PlacedFeature } from '@clarion/model';
import { by, evidence, fixed, inScope, rpm } from '@clarion/test-kit/match-facts';
import { expectRow, type CaseRow, reportOf } from '../../testing/reports';

describe('Amazon', () => {
  const two = by('amzn:2', 'rpm', 'binary');
  const al2 = (name: string, version: string, repository?: string): PlacedFeature =>
    rpm(name, version, { namespace: 'amzn:2', ...(repository === undefined ? {} : { repository }) });
  const topic = (version: string, repository: string): Advisory =>
    inScope('CVE-2023-44487', version, { origin: repository });
  const nginx = '1:1.22.1-1.amzn2.0.2';
  const rows: readonly CaseRow[] = [
    [
      'rule 13: rpm order, not dpkg order',
      al2('curl', '8.3.0-1.amzn2.0.4'),
      two('curl', [fixed('CVE-2023-46218', '8.3.0-1.amzn2.0.10')]),
      ['CVE-2023-46218 fixed 8.3.0-1.amzn2.0.10'],
    ],
    [
      'rule 22: a topic is for packages from there',
      al2('nginx', nginx, 'amzn2extra-nginx1'),
      two('nginx', [topic('1:1.22.1-1.amzn2.0.3', 'amzn2extra-nginx1')]),
      ['CVE-2023-44487 fixed 1:1.22.1-1.amzn2.0.3'],
    ],
    [
      'rule 22: and not for core packages',
      al2('nginx', nginx, 'amzn2-core'),
      two('nginx', [topic('1:1.22.1-1.amzn2.0.3', 'amzn2extra-nginx1')]),
      [],
    ],
    [
      'rule 22: nor for those of another topic',
      al2('kernel', '5.10.196-1.amzn2', 'amzn2extra-kernel-5.10'),
      two('kernel', [topic('5.15.134-1.amzn2', 'amzn2extra-kernel-5.15')]),
      [],
    ],
    [
      'rule 22: core advisories are for core packages',
      al2('kernel', '4.14.300-1.amzn2', 'amzn2extra-kernel-5.4'),
      two('kernel', [fixed('CVE-2023-44487', '4.14.326-1.amzn2')]),
      [],
    ],
    [
      'rule 22: core package, core advisory',
      al2('kernel', '4.14.300-1.amzn2', 'amzn2-core'),
      two('kernel', [fixed('CVE-2023-44487', '4.14.326-1.amzn2')]),
      ['CVE-2023-44487 fixed 4.14.326-1.amzn2'],
    ],
    [
      'rule 22: an enabled topic, where no history is left',
      al2('nginx', nginx),
      two('nginx', [topic('1:1.22.1-1.amzn2.0.3', 'nginx1')]),
      ['CVE-2023-44487 fixed 1:1.22.1-1.amzn2.0.3'],
      evidence('repository', 'amzn2extra-nginx1'),
    ],
    [
      'rule 22: of the line that the topic brings',
      al2('kernel', '4.14.300-1.amzn2'),
      two('kernel', [topic('5.10.197-1.amzn2', 'amzn2extra-kernel-5.10')]),
      [],
      evidence('repository', 'amzn2extra-kernel-5.10'),
    ],
    [
      'rule 22: another topic is enabled',
      al2('nginx', nginx),
      two('nginx', [topic('1:1.22.1-1.amzn2.0.3', 'nginx1')]),
      [],
      evidence('repository', 'amzn2extra-docker'),
    ],
    [
      'rule 22: nothing shows the repository',
      al2('nginx', nginx),
      two('nginx', [topic('1:1.22.1-1.amzn2.0.3', 'nginx1')]),
      ['CVE-2023-44487 undetermined'],
    ],
    [
      'rule 22: nothing shows it, and it has the fix',
      al2('nginx', '1:1.22.1-1.amzn2.0.3'),
      two('nginx', [topic('1:1.22.1-1.amzn2.0.3', 'nginx1')]),
      [],
    ],
    [
      'rule 22: live patches are for live patches',
      al2('kernel', '5.10.1-1.amzn2'),
      two('kernel', [topic('5.10.9-1.amzn2', 'kernel-livepatch')]),
      [],
    ],
    [
      'rule 22: which have packages of their own',
      al2('kernel-livepatch-5.10.165-143.735', '1.0-0.amzn2'),
      two('kernel-livepatch-5.10.165-143.735', [topic('1.0-1.amzn2', 'kernel-livepatch')]),
      ['CVE-2023-44487 fixed 1.0-1.amzn2'],
    ],
    [
      'rule 22: a repository beside the core of Amazon Linux 2023',
      rpm('nvidia-driver', '1-1.amzn2023', { namespace: 'amzn:2023', repository: 'amazonlinux-nvidia' }),
      by('amzn:2023', 'rpm', 'binary')('nvidia-driver', [topic('2-1.amzn2023', 'nvidia')]),
      ['CVE-2023-44487 fixed 2-1.amzn2023'],
    ],
    [
      'rule 22: is not the core',
      rpm('nvidia-driver', '1-1.amzn2023', { namespace: 'amzn:2023', repository: 'amazonlinux' }),
      by('amzn:2023', 'rpm', 'binary')('nvidia-driver', [topic('2-1.amzn2023', 'nvidia')]),
      [],
    ],
    [
      'the releases of Amazon Linux 1 are one stream',
      rpm('curl', '7.61.1-12.98.amzn1', { namespace: 'amzn:2018.03' }),
      by('amzn:1', 'rpm', 'binary')('curl', [fixed('CVE-2022-27776', '7.61.1-12.101.amzn1')]),
      ['CVE-2022-27776 fixed 7.61.1-12.101.amzn1'],
    ],
    [
      'Amazon Linux 2023',
      rpm('curl', '8.0.1-1.amzn2023', { namespace: 'amzn:2023' }),
      by(
        'amzn:2023',
        'rpm',
        'binary',
      )('curl', [inScope('CVE-2023-38545', '8.3.0-1.amzn2023.0.2', { architectures: ['aarch64', 'x86_64'] })]),
      ['CVE-2023-38545 fixed 8.3.0-1.amzn2023.0.2'],
    ],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });
});

describe('SUSE and openSUSE', () => {
  const sle = by('sles:15.5', 'rpm', 'binary');
  const leap = by('opensuse-leap:15.5', 'rpm', 'binary');
  const bci = (name: string, version: string): PlacedFeature => rpm(name, version, { namespace: 'sles:15.5' });
  const ltss = inScope('CVE-2025-0167', '8.0.1-150400.5.62.1', { channel: 'ltss' });
  const onLeap = (version: string): PlacedFeature => rpm('curl', version, { namespace: 'opensuse-leap:15.5' });
  const leapFix = fixed('CVE-2023-38545', '8.0.1-bp155.3.1');
  const rows: readonly CaseRow[] = [
    [
      'rule 20: one finding a CVE',
      bci('curl', '8.0.1-150400.5.20.1'),
      sle('curl', [fixed('CVE-2023-38545', '8.0.1-150400.5.32.1', { advisory: 'SUSE-SU-2023:4043-1' })]),
      ['CVE-2023-38545 fixed 8.0.1-150400.5.32.1'],
    ],
    ['LTSS without evidence discloses nothing', bci('curl', '8.0.1-150400.5.20.1'), sle('curl', [ltss]), []],
    [
      'LTSS with evidence',
      bci('curl', '8.0.1-150400.5.20.1'),
      sle('curl', [ltss]),
      ['CVE-2025-0167 fixed 8.0.1-150400.5.62.1'],
      evidence('product', 'SLES', 'SLES-LTSS'),
    ],
    [
      'a product that is not installed',
      bci('salt', '3004-1'),
      sle('salt', [inScope('CVE-2023-20897', '3006.0-1', { origin: 'SUSE Manager Server' })]),
      [],
      evidence('product', 'SLES'),
    ],
    [
      'a product whose name only starts alike',
      bci('salt', '3004-1'),
      sle('salt', [inScope('CVE-2023-20897', '3006.0-1', { origin: 'suse-openstack-cloud' })]),
      [],
      evidence('product', 'suse-openstack-cloud-crowbar'),
    ],
    [
      'a product that is installed',
      bci('salt', '3004-1'),
      sle('salt', [inScope('CVE-2023-20897', '3006.0-1', { origin: 'SUSE Manager Server' })]),
      ['CVE-2023-20897 fixed 3006.0-1'],
      evidence('product', 'SUSE-Manager-Server'),
    ],
    [
      'Leap has rows of its own',
      onLeap('8.0.1-bp155.2.1'),
      leap('curl', [leapFix]),
      ['CVE-2023-38545 fixed 8.0.1-bp155.3.1'],
    ],
    [
      'Leap takes packages from SLE',
      onLeap('8.0.1-150400.5.20.1'),
      sle('curl', [fixed('CVE-2023-38545', '8.0.1-150400.5.32.1')]),
      ['CVE-2023-38545 fixed 8.0.1-150400.5.32.1'],
    ],
    [
      'rows of SLE are not for packages that Leap built',
      onLeap('8.0.1-bp155.2.1'),
      sle('curl', [fixed('CVE-2023-38545', '8.0.1-150400.5.32.1')]),
      [],
    ],
    [
      'Leap 15.2 took none',
      rpm('curl', '7.66.0-150200.4.1', { namespace: 'opensuse-leap:15.2' }),
      by('sles:15.2', 'rpm', 'binary')('curl', [fixed('CVE-2023-38545', '8.0.1-150400.5.32.1')]),
      [],
    ],
    [
      'Tumbleweed',
      rpm('curl', '8.3.0-1.1', { namespace: 'opensuse-tumbleweed' }),
      by('opensuse-tumbleweed', 'rpm', 'binary')('curl', [fixed('CVE-2023-38545', '8.4.0-1.1')]),
      ['CVE-2023-38545 fixed 8.4.0-1.1'],
    ],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });

  test('Leap comes first where both cover a flaw', async () => {
    const groups = [
      leap('curl', [fixed('CVE-2023-38545', '8.0.1-150400.5.30.1')]),
      sle('curl', [fixed('CVE-2023-38545', '8.0.1-150400.5.32.1')]),
    ];
    const { findings } = await reportOf([onLeap('8.0.1-150400.5.20.1')], groups);
    expect(findings.map(({ fixedIn, statements }) => [fixedIn, statements.length])).toEqual([
      ['8.0.1-150400.5.30.1', 2],
    ]);
    expect((await reportOf([onLeap('8.0.1-150400.5.30.1')], groups)).findings).toEqual([]);
  });
});

describe('Rocky, Alma, Photon, Azure Linux and Arch', () => {
  const rows: readonly CaseRow[] = [
    ...['rocky', 'alma'].map((family): CaseRow => [
      `${family} has rows of its own`,
      rpm('curl', '7.76.1-26.el9', { namespace: `${family}:9` }),
      by(
        `${family}:9`,
        'rpm',
        'binary',
      )('curl', [inScope('CVE-2023-38545', '7.76.1-26.el9_3.2', { architectures: ['x86_64'] })]),
      ['CVE-2023-38545 fixed 7.76.1-26.el9_3.2'],
    ]),
    ...['rocky', 'alma'].map((family): CaseRow => [
      `rows of RHEL are not for ${family}`,
      rpm('curl', '7.76.1-26.el9', { namespace: `${family}:9` }),
      by('rhel:9', 'rpm', 'binary')('curl', [fixed('CVE-2023-38545', '7.76.1-26.el9_3.2')]),
      [],
    ]),
    [
      'rule 21: a row of another architecture of Alma',
      rpm('curl', '7.76.1-26.el9', { namespace: 'alma:9', architecture: 's390x' }),
      by(
        'alma:9',
        'rpm',
        'binary',
      )('curl', [inScope('CVE-2023-38545', '7.76.1-26.el9_3.2', { architectures: ['s390x'] })]),
      ['CVE-2023-38545 fixed 7.76.1-26.el9_3.2'],
    ],
    [
      'Photon names sources or binaries',
      rpm('curl-libs', '8.1.2-4.ph4', { namespace: 'photon:4.0', source: { name: 'curl', version: '8.1.2-4.ph4' } }),
      by('photon:4.0', 'rpm', 'either')('curl', [fixed('CVE-2023-38545', '8.1.2-5.ph4')]),
      ['CVE-2023-38545 fixed 8.1.2-5.ph4'],
    ],
    [
      'Azure Linux names sources',
      rpm('libcurl', '8.8.0-1.azl3', {
        namespace: 'azurelinux:3.0',
        source: { name: 'curl', version: '8.8.0-1.azl3' },
      }),
      by('azurelinux:3.0', 'rpm', 'source')('curl', [fixed('CVE-2024-6197', '8.8.0-2.azl3')]),
      ['CVE-2024-6197 fixed 8.8.0-2.azl3'],
    ],
    [
      'an epoch of one side does not count for source rpms',
      rpm('bind-libs', '32:9.20.0-1.azl3', {
        namespace: 'azurelinux:3.0',
        source: { name: 'bind', version: '9.20.0-1.azl3' },
      }),
      by('azurelinux:3.0', 'rpm', 'source')('bind', [fixed('CVE-2024-12705', '32:9.20.5-1.azl3')], { epochs: 'auto' }),
      ['CVE-2024-12705 fixed 32:9.20.5-1.azl3'],
    ],
    [
      'and a source of the fixed version is clear',
      rpm('bind-libs', '32:9.20.5-1.azl3', {
        namespace: 'azurelinux:3.0',
        source: { name: 'bind', version: '9.20.5-1.azl3' },
      }),
      by('azurelinux:3.0', 'rpm', 'source')('bind', [fixed('CVE-2024-12705', '32:9.20.5-1.azl3')], { epochs: 'auto' }),
      [],
    ],
    [
      'Arch: vulnerable, no fix yet',
      rpm('curl', '8.3.0-1', { namespace: 'arch' }),
      by(
        'arch',
        'alpm',
        'either',
      )('curl', [{ id: 'CVE-2023-38545', state: 'affected', ranges: [{ lastAffected: '8.3.0-1' }] }]),
      ['CVE-2023-38545 affected -'],
    ],
  ];
  test.each(rows.map((row) => ({ title: row[0], row })))('$title', async ({ row }) => {
    await expectRow(row);
  });
});
