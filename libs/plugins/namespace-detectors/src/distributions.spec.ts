import { namespaceFamily, type NamespaceEvidence } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { namespaceDetectors } from './index';

/** One distribution: its files, by path without the leading `etc/`, and the expected namespace. */
type Row = readonly [distribution: string, files: Readonly<Record<string, string>>, namespace: string | undefined];

const osRelease = (...lines: readonly string[]): Record<string, string> => ({ 'os-release': `${lines.join('\n')}\n` });
const debianVersion = (text: string): Record<string, string> => ({ debian_version: `${text}\n` });
const redhatRelease = (text: string): Record<string, string> => ({ 'redhat-release': `${text}\n` });

const rows: readonly Row[] = [
  ['Debian 6', debianVersion('6.0.10'), 'debian:6'],
  [
    'Debian 7',
    {
      ...debianVersion('7.11'),
      ...osRelease('PRETTY_NAME="Debian GNU/Linux 7 (wheezy)"', 'VERSION_ID="7"', 'ID=debian'),
    },
    'debian:7',
  ],
  [
    'Debian 8',
    {
      ...debianVersion('8.11'),
      ...osRelease('PRETTY_NAME="Debian GNU/Linux 8 (jessie)"', 'VERSION_ID="8"', 'ID=debian'),
    },
    'debian:8',
  ],
  ...[9, 10, 11, 12, 13, 14].map((n): Row => [
    `Debian ${n}`,
    osRelease('ID=debian', `VERSION_ID="${n}"`),
    `debian:${n}`,
  ]),
  [
    'Debian sid by its sources',
    {
      ...debianVersion('forky/sid'),
      ...osRelease('PRETTY_NAME="Debian GNU/Linux forky/sid"', 'VERSION_CODENAME=forky', 'ID=debian'),
      'apt/sources.list': 'deb http://deb.debian.org/debian unstable main\n',
    },
    'debian:unstable',
  ],
  [
    'Debian testing by its sources',
    {
      ...debianVersion('forky/sid'),
      ...osRelease('PRETTY_NAME="Debian GNU/Linux forky/sid"', 'VERSION_CODENAME=forky', 'ID=debian'),
      'apt/sources.list.d/debian.sources':
        'Types: deb\nURIs: http://deb.debian.org/debian\nSuites: testing\nComponents: main\n',
    },
    'debian:14',
  ],
  [
    'Debian sid or testing without sources',
    osRelease('PRETTY_NAME="Debian GNU/Linux buster/sid"', 'NAME="Debian GNU/Linux"', 'ID=debian'),
    'debian:unstable',
  ],
  [
    'Debian 12 turned to sid by its sources',
    { ...osRelease('ID=debian', 'VERSION_ID="12"'), 'apt/sources.list': 'deb http://deb.debian.org/debian sid main\n' },
    'debian:unstable',
  ],
  [
    'Debian 12 with its own sources',
    {
      ...osRelease('ID=debian', 'VERSION_ID="12"'),
      'apt/sources.list':
        'deb http://deb.debian.org/debian bookworm main\ndeb http://deb.debian.org/debian-security bookworm-security main\n',
    },
    'debian:12',
  ],
  [
    'Debian without VERSION_ID but with the code name of a release',
    osRelease('PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"', 'VERSION_CODENAME=bullseye', 'ID=debian'),
    'debian:11',
  ],
  ['Raspbian', osRelease('ID=raspbian', 'ID_LIKE=debian', 'VERSION_ID="11"'), 'debian:11'],
  [
    'distroless',
    osRelease('PRETTY_NAME="Distroless"', 'NAME="Debian GNU/Linux"', 'ID="debian"', 'VERSION_ID="12"'),
    'debian:12',
  ],
  [
    'Ubuntu 10.04',
    {
      ...debianVersion('squeeze/sid'),
      'lsb-release':
        'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_CODENAME=lucid\nDISTRIB_DESCRIPTION="Ubuntu 10.04.4 LTS"\n',
    },
    'ubuntu:10.04',
  ],
  ['Ubuntu with nothing but debian_version', debianVersion('wheezy/sid'), undefined],
  [
    'Ubuntu 12.04',
    {
      ...debianVersion('wheezy/sid'),
      ...osRelease(
        'NAME="Ubuntu"',
        'ID=ubuntu',
        'ID_LIKE=debian',
        'PRETTY_NAME="Ubuntu precise (12.04.5 LTS)"',
        'VERSION_ID="12.04"',
      ),
      'lsb-release':
        'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\nDISTRIB_CODENAME=precise\nDISTRIB_DESCRIPTION="Ubuntu 12.04.5 LTS"\n',
      'apt/sources.list': 'deb http://archive.ubuntu.com/ubuntu/ precise main restricted\n',
    },
    'ubuntu:12.04',
  ],
  ...['14.04', '22.04', '23.10', '24.04', '26.04'].map((v): Row => {
    return [`Ubuntu ${v}`, osRelease('ID=ubuntu', 'ID_LIKE=debian', `VERSION_ID="${v}"`), `ubuntu:${v}`];
  }),
  [
    'Linux Mint',
    { ...debianVersion('bookworm/sid'), ...osRelease('ID=linuxmint', 'ID_LIKE="ubuntu debian"', 'VERSION_ID="21.3"') },
    'linuxmint:21.3',
  ],
  ['Kali', osRelease('ID=kali', 'ID_LIKE=debian', 'VERSION_ID="2024.1"'), 'kali:2024.1'],
  ['Alpine 2.6', { 'alpine-release': '2.6.6\n' }, 'alpine:v2.6'],
  ...['3.2.3', '3.7.0', '3.20.3', '3.22.0_rc1'].map((v): Row => {
    const branch = /^\d+\.\d+/.exec(v)![0];
    return [`Alpine ${v}`, { 'alpine-release': v, ...osRelease('ID=alpine', `VERSION_ID=${v}`) }, `alpine:v${branch}`];
  }),
  [
    'Alpine edge by version',
    osRelease('ID=alpine', 'VERSION_ID=3.19_alpha20230901', 'PRETTY_NAME="Alpine Linux edge"'),
    'alpine:edge',
  ],
  [
    'Alpine edge by name',
    osRelease('ID=alpine', 'VERSION_ID=3.13.0', 'PRETTY_NAME="Alpine Linux edge"'),
    'alpine:edge',
  ],
  [
    'Alpine edge by repositories',
    {
      ...osRelease('ID=alpine', 'VERSION_ID=3.18.4'),
      'apk/repositories': 'http://dl-cdn.alpinelinux.org/alpine/edge/main\n',
    },
    'alpine:edge',
  ],
  [
    'Alpine with an edge repository beside',
    {
      ...osRelease('ID=alpine', 'VERSION_ID=3.18.4'),
      'apk/repositories': 'http://x/alpine/v3.18/main\nhttp://x/alpine/edge/testing\n',
    },
    'alpine:v3.18',
  ],
  ['Wolfi', osRelease('ID=wolfi', 'NAME="Wolfi"', 'VERSION_ID="20230201"'), 'wolfi'],
  [
    'Wolfi with an edge repository',
    { ...osRelease('ID=wolfi', 'VERSION_ID="20230201"'), 'apk/repositories': 'http://x/edge/main\n' },
    'wolfi',
  ],
  ['Chainguard', osRelease('ID=chainguard', 'NAME="Chainguard"', 'VERSION_ID="20230214"'), 'chainguard'],
  ['MinimOS', osRelease('ID=minimos', 'VERSION_ID="20241031"'), 'minimos'],
  ['CentOS 5', redhatRelease('CentOS release 5.11 (Final)'), 'centos:5'],
  [
    'CentOS 6',
    { 'centos-release': 'CentOS release 6.10 (Final)\n', ...redhatRelease('CentOS release 6.10 (Final)') },
    'centos:6',
  ],
  [
    'CentOS 7',
    {
      'centos-release': 'CentOS Linux release 7.6.1810 (Core) \n',
      ...osRelease('NAME="CentOS Linux"', 'ID="centos"', 'ID_LIKE="rhel fedora"', 'VERSION_ID="7"'),
    },
    'centos:7',
  ],
  ['CentOS 8', osRelease('NAME="CentOS Linux"', 'ID="centos"', 'VERSION_ID="8"'), 'centos:8'],
  [
    'CentOS Stream 9',
    {
      'centos-release': 'CentOS Stream release 9\n',
      ...osRelease('NAME="CentOS Stream"', 'ID="centos"', 'VERSION_ID="9"'),
    },
    'centos-stream:9',
  ],
  [
    'CentOS Stream 10 by os-release only',
    osRelease('NAME="CentOS Stream"', 'ID="centos"', 'VERSION_ID="10"'),
    'centos-stream:10',
  ],
  ['RHEL 4', redhatRelease('Red Hat Enterprise Linux AS release 4 (Nahant Update 8)'), 'rhel:4'],
  ['RHEL 5', redhatRelease('Red Hat Enterprise Linux Server release 5.11 (Tikanga)'), 'rhel:5'],
  ['RHEL 6', redhatRelease('Red Hat Enterprise Linux Server release 6.5 (Santiago)'), 'rhel:6'],
  ['RHEL 6 Workstation', redhatRelease('Red Hat Enterprise Linux Workstation release 6.10 (Santiago)'), 'rhel:6'],
  ['RHEL 7 Atomic Host', redhatRelease('Red Hat Enterprise Linux Atomic Host release 7.2'), 'rhel:7'],
  ['RHEL 8', redhatRelease('Red Hat Enterprise Linux release 8.4 (Ootpa)'), 'rhel:8'],
  [
    'UBI 9',
    {
      ...redhatRelease('Red Hat Enterprise Linux release 9.4 (Plow)'),
      ...osRelease('ID="rhel"', 'ID_LIKE="fedora"', 'VERSION_ID="9.4"'),
    },
    'rhel:9',
  ],
  ['RHEL 10', osRelease('ID="rhel"', 'ID_LIKE="centos fedora"', 'VERSION_ID="10.0"'), 'rhel:10'],
  ['Red Hat Linux 6.2', redhatRelease('Red Hat Linux release 6.2 (Zoot)'), undefined],
  [
    'Oracle 5',
    {
      'oracle-release': 'Oracle Linux Server release 5.11\n',
      ...redhatRelease('Red Hat Enterprise Linux Server release 5.11 (Tikanga)'),
    },
    'oracle:5',
  ],
  [
    'Oracle 6',
    {
      'oracle-release': 'Oracle Linux Server release 6.10\n',
      ...redhatRelease('Red Hat Enterprise Linux Server release 6.10 (Santiago)'),
      ...osRelease('ID="ol"', 'VERSION_ID="6.10"'),
    },
    'oracle:6',
  ],
  [
    'Oracle 7',
    {
      'oracle-release': 'Oracle Linux Server release 7.9\n',
      ...redhatRelease('Red Hat Enterprise Linux Server release 7.9 (Maipo)'),
      ...osRelease('ID="ol"', 'ID_LIKE="fedora"', 'VERSION_ID="7.9"'),
    },
    'oracle:7',
  ],
  ['Oracle 8 by os-release only', osRelease('ID="ol"', 'ID_LIKE="fedora"', 'VERSION_ID="8.10"'), 'oracle:8'],
  [
    'Rocky',
    {
      'rocky-release': 'Rocky Linux release 9.3 (Blue Onyx)\n',
      ...osRelease('ID="rocky"', 'ID_LIKE="rhel centos fedora"', 'VERSION_ID="9.3"'),
    },
    'rocky:9',
  ],
  ['Alma', { 'almalinux-release': 'AlmaLinux release 8.4 (Electric Cheetah)\n' }, 'alma:8'],
  ['Alma by os-release', osRelease('ID="almalinux"', 'ID_LIKE="rhel centos fedora"', 'VERSION_ID="9.4"'), 'alma:9'],
  [
    'Scientific Linux',
    {
      ...redhatRelease('Scientific Linux release 7.9 (Nitrogen)'),
      ...osRelease('ID="scientific"', 'ID_LIKE="rhel centos fedora"', 'VERSION_ID="7.9"'),
    },
    'scientific:7.9',
  ],
  [
    'Fedora',
    { 'fedora-release': 'Fedora release 42 (Adams)\n', ...osRelease('ID=fedora', 'VERSION_ID=42') },
    'fedora:42',
  ],
  ['Fedora Core', { 'fedora-release': 'Fedora Core release 6 (Zod)\n' }, 'fedora:6'],
  [
    'Amazon 1',
    {
      'system-release': 'Amazon Linux AMI release 2018.03\n',
      ...osRelease('ID="amzn"', 'ID_LIKE="rhel fedora"', 'VERSION_ID="2018.03"'),
    },
    'amzn:2018.03',
  ],
  [
    'Amazon 2',
    { 'system-release': 'Amazon Linux release 2 (Karoo)\n', ...osRelease('ID="amzn"', 'VERSION_ID="2"') },
    'amzn:2',
  ],
  ['Amazon 2022', osRelease('ID="amzn"', 'VERSION_ID="2022"'), 'amzn:2022'],
  [
    'Amazon 2023',
    {
      'system-release': 'Amazon Linux release 2023.10.20251105 (Amazon Linux)\n',
      ...osRelease('ID="amzn"', 'VERSION_ID="2023"'),
    },
    'amzn:2023',
  ],
  [
    'SLES 11',
    { 'SuSE-release': 'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n' },
    'sles:11.4',
  ],
  [
    'SLES 12 without service pack',
    { 'SuSE-release': 'SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 0\n' },
    'sles:12',
  ],
  ['SLES 12', osRelease('NAME="SLES"', 'ID="sles"', 'VERSION_ID="12.5"'), 'sles:12.5'],
  ['SLES 15 without service pack', osRelease('ID="sles"', 'ID_LIKE="suse"', 'VERSION_ID="15"'), 'sles:15'],
  ['SLES 15', osRelease('ID="sles"', 'ID_LIKE="suse"', 'VERSION_ID="15.3"'), 'sles:15.3'],
  ['SLES 16', osRelease('ID="sles"', 'VERSION_ID="16.0"'), 'sles:16.0'],
  ['SLED', osRelease('ID="sled"', 'VERSION_ID="15.5"'), 'sles:15.5'],
  ['SLES for SAP', osRelease('ID="sles_sap"', 'VERSION_ID="15.4"'), 'sles:15.4'],
  ['SLE Micro', osRelease('ID="sle-micro"', 'ID_LIKE="suse"', 'VERSION_ID="5.3"'), 'sle-micro:5.3'],
  ['SLE Micro for Rancher', osRelease('ID="sle-micro-rancher"', 'VERSION_ID="5.4"'), 'sle-micro:5.4'],
  ['SL Micro', osRelease('ID="sl-micro"', 'VERSION_ID="6.0"'), 'sl-micro:6.0'],
  [
    'openSUSE Leap 15',
    osRelease('ID="opensuse-leap"', 'ID_LIKE="suse opensuse"', 'VERSION_ID="15.2.1"'),
    'opensuse-leap:15.2',
  ],
  [
    'openSUSE Leap 42',
    { 'SuSE-release': 'openSUSE 42.3 (x86_64)\nVERSION = 42.3\n', ...osRelease('ID=opensuse', 'VERSION_ID="42.3"') },
    'opensuse-leap:42.3',
  ],
  [
    'openSUSE 13.2',
    { 'SuSE-release': 'openSUSE 13.2 (x86_64)\nVERSION = 13.2\nCODENAME = Harlequin\n' },
    'opensuse:13.2',
  ],
  ['openSUSE Tumbleweed', osRelease('ID="opensuse-tumbleweed"', 'VERSION_ID="20240801"'), 'opensuse-tumbleweed'],
  [
    'Photon',
    {
      'photon-release': 'VMware Photon OS 4.0\nPHOTON_BUILD_NUMBER=2f5aad892\n',
      ...osRelease('ID=photon', 'VERSION_ID=4.0'),
    },
    'photon:4.0',
  ],
  ['Photon 1', { 'photon-release': 'VMware Photon Linux 1.0\n' }, 'photon:1.0'],
  ['CBL-Mariner 1', osRelease('ID=mariner', 'VERSION_ID="1.0"'), 'mariner:1.0'],
  [
    'CBL-Mariner 2',
    {
      'mariner-release': 'CBL-Mariner 2.0.20240112\nMARINER_BUILD_NUMBER=e8b5a1f\n',
      ...osRelease('ID=mariner', 'VERSION_ID="2.0"'),
    },
    'mariner:2.0',
  ],
  [
    'Azure Linux',
    { 'azurelinux-release': 'Microsoft Azure Linux 3.0.20240727\n', ...osRelease('ID=azurelinux', 'VERSION_ID="3.0"') },
    'azurelinux:3.0',
  ],
  ['Bottlerocket', osRelease('ID=bottlerocket', 'VERSION_ID=1.34.0', 'VARIANT_ID=aws-k8s-1.31'), 'bottlerocket'],
  ['Arch', osRelease('ID=arch', 'BUILD_ID=rolling'), 'arch'],
  ['Gentoo', osRelease('ID=gentoo', 'VERSION_ID="2.15"'), 'gentoo'],
  ['Flatcar', osRelease('ID=flatcar', 'ID_LIKE=coreos', 'VERSION_ID=3815.2.0'), undefined],
  ['CoreOS Container Linux', osRelease('ID=coreos', 'VERSION_ID=1855.4.0'), undefined],
  ['scratch', {}, undefined],
];

describe('the namespace of', () => {
  it.each(rows)('%s', async (_, files, namespace) => {
    const evidence = await detectAll(files);
    expect(deciding(evidence)?.id).toBe(namespace);
  });

  it('an Alpine with an additional edge repository has edge as a channel', async () => {
    const evidence = await detectAll({
      'apk/repositories': 'http://x/alpine/v3.18/main\n@e http://x/alpine/edge/main\n',
    });
    expect(evidence).toEqual([expect.objectContaining({ id: 'alpine:edge', refines: 'alpine', channel: true })]);
  });
});

async function detectAll(files: Readonly<Record<string, string>>): Promise<readonly NamespaceEvidence[]> {
  const given = Object.entries(files).map(([name, text]) => ({ path: `etc/${name}`, content: Buffer.from(text) }));
  const evidence: NamespaceEvidence[] = [];
  for (const detector of namespaceDetectors) {
    const files = given.filter((file) => detector.files.paths.includes(file.path));
    const detected = await detector.detect(files, testBudget());
    evidence.push(...(detected.namespaces ?? []));
  }
  return evidence;
}

/** The rule for `rank` and `refines` that the model documents. */
function deciding(evidence: readonly NamespaceEvidence[]): NamespaceEvidence | undefined {
  const sorted = evidence.filter((one) => one.channel !== true).sort((a, b) => b.rank - a.rank);
  const plain = sorted.find((one) => one.refines === undefined);
  if (plain === undefined) return undefined;
  return sorted.find((one) => one.refines === undefined || one.refines === namespaceFamily(plain.id));
}
