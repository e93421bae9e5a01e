/** The day on which somebody last held every row of `lifecycles` against its source. A spec fails when that is too long ago. */
export const lifecyclesAsOf = '2026-11-26';

/** RFC 3339 date of the last day of support; a rolling release has no end; `unknown` where nobody is sure. */
export type EndOfSupport = string;

/** When the support of the releases of one distribution ends. */
export interface Lifecycle {
  /** As in namespace ids: `debian` of `debian:12`. */
  readonly family: string;
  readonly title: string;
  /** What "support" means here, where that is not plain, and the address that says so. */
  readonly meaning?: string;
  readonly source: string;
  /** By the release of the namespace id; '' for a namespace without one. */
  readonly releases: Readonly<Record<string, EndOfSupport>>;
  /** Releases that get fixes for longer, where evidence of this kind and value is in the image. */
  readonly extended?: {
    readonly kind: 'service' | 'product';
    readonly value: string;
    readonly releases: Readonly<Record<string, EndOfSupport>>;
  };
}

const rolling = 'rolling';
const unknown = 'unknown';
const endoflife = 'https://endoflife.date/';

/** Every distribution that is recognised. Where a vendor names only a month, the last day of it stands here. */
export const lifecycles: readonly Lifecycle[] = [
  {
    family: 'alma',
    title: 'AlmaLinux',
    source: `${endoflife}almalinux`,
    releases: { '8': '2029-03-01', '9': '2032-05-31', '10': '2035-05-31' },
  },
  {
    family: 'alpine',
    title: 'Alpine Linux',
    meaning: 'support of the main repository',
    source: 'https://alpinelinux.org/releases/',
    releases: {
      ...{ edge: rolling, 'v2.1': '2012-11-01', 'v2.2': '2013-05-01', 'v2.3': '2013-11-01', 'v2.4': '2014-05-01' },
      ...{ 'v2.5': '2014-11-01', 'v2.6': '2015-05-01', 'v2.7': '2015-11-01', 'v3.0': '2016-05-01' },
      ...{ 'v3.1': '2016-11-01', 'v3.2': '2017-05-01', 'v3.3': '2017-11-01', 'v3.4': '2018-05-01' },
      ...{ 'v3.5': '2018-11-01', 'v3.6': '2019-05-01', 'v3.7': '2019-11-01', 'v3.8': '2020-05-01' },
      ...{ 'v3.9': '2020-11-01', 'v3.10': '2021-05-01', 'v3.11': '2021-11-01', 'v3.12': '2022-05-01' },
      ...{ 'v3.13': '2022-11-01', 'v3.14': '2023-05-01', 'v3.15': '2023-11-01', 'v3.16': '2024-05-23' },
      ...{ 'v3.17': '2024-11-22', 'v3.18': '2025-05-09', 'v3.19': '2025-11-01', 'v3.20': '2026-04-01' },
      ...{ 'v3.21': '2026-11-01', 'v3.22': '2027-05-01', 'v3.23': '2027-11-01' },
    },
  },
  {
    family: 'amzn',
    title: 'Amazon Linux',
    meaning: 'Amazon Linux 1: of its maintenance',
    source: `${endoflife}amazon-linux`,
    releases: {
      ...Object.fromEntries(
        ['2011.09', '2012.03', '2012.09', '2013.03', '2013.09', '2014.03', '2014.09', '2015.03', '2015.09']
          .concat(['2016.03', '2016.09', '2017.03', '2017.09', '2018.03', '1'])
          .map((release) => [release, '2023-12-31'] as const),
      ),
      ...{ '2': '2026-06-30', '2022': unknown, '2023': '2029-06-30' },
    },
  },
  { family: 'arch', title: 'Arch Linux', source: 'https://archlinux.org/about/', releases: { '': rolling } },
  {
    family: 'azurelinux',
    title: 'Azure Linux',
    source: `${endoflife}azure-linux`,
    releases: { '3.0': '2027-08-31', '4.0': unknown },
  },
  {
    family: 'bottlerocket',
    title: 'Bottlerocket',
    meaning: 'the latest version is supported',
    source: 'https://bottlerocket.dev/en/faq/',
    releases: { '': rolling },
  },
  {
    family: 'centos',
    title: 'CentOS Linux',
    source: `${endoflife}centos`,
    releases: { '5': '2017-03-31', '6': '2020-11-30', '7': '2024-06-30', '8': '2021-12-31' },
  },
  {
    family: 'centos-stream',
    title: 'CentOS Stream',
    source: `${endoflife}centos-stream`,
    releases: { '8': '2024-05-31', '9': '2027-05-31', '10': '2030-01-01' },
  },
  {
    family: 'chainguard',
    title: 'Chainguard',
    source: 'https://edu.chainguard.dev/chainguard/chainguard-images/about/versions/',
    releases: { '': rolling },
  },
  {
    family: 'debian',
    title: 'Debian',
    meaning: 'with long-term support (LTS)',
    source: 'https://wiki.debian.org/LTS',
    releases: {
      ...{ '6': '2016-02-29', '7': '2018-05-31', '8': '2020-06-30', '9': '2022-06-30', '10': '2024-06-30' },
      ...{ '11': '2026-08-31', '12': '2028-06-30', '13': '2030-06-30', '14': unknown, unstable: rolling },
    },
  },
  {
    family: 'fedora',
    title: 'Fedora Linux',
    source: `${endoflife}fedora`,
    releases: {
      ...{ '20': '2015-06-23', '21': '2015-12-01', '22': '2016-07-19', '23': '2016-12-20', '24': '2017-08-08' },
      ...{ '25': '2017-12-12', '26': '2018-05-29', '27': '2018-11-30', '28': '2019-05-28', '29': '2019-11-26' },
      ...{ '30': '2020-05-26', '31': '2020-11-24', '32': '2021-05-25', '33': '2021-11-30', '34': '2022-06-07' },
      ...{ '35': '2022-12-13', '36': '2023-05-16', '37': '2023-12-05', '38': '2024-05-21', '39': '2024-11-26' },
      ...{ '40': '2025-05-13', '41': '2025-12-15', '42': '2026-05-13', '43': '2026-12-09', '44': unknown },
    },
  },
  { family: 'gentoo', title: 'Gentoo', source: 'https://www.gentoo.org/get-started/about/', releases: { '': rolling } },
  {
    family: 'mariner',
    title: 'CBL-Mariner',
    source: `${endoflife}azure-linux`,
    releases: { '1.0': '2023-08-31', '2.0': '2025-07-31' },
  },
  { family: 'minimos', title: 'MinimOS', source: 'https://www.minimus.io/', releases: { '': rolling } },
  {
    family: 'opensuse',
    title: 'openSUSE before Leap',
    source: `${endoflife}opensuse`,
    releases: {
      ...{ '11.0': '2010-07-26', '11.1': '2011-01-14', '11.2': '2011-05-12', '11.3': '2012-01-20' },
      ...{ '11.4': '2012-11-05', '12.1': '2013-05-15', '12.2': '2014-01-15', '12.3': '2015-01-29' },
      ...{ '13.1': '2016-02-03', '13.2': '2017-01-17' },
    },
  },
  {
    family: 'opensuse-leap',
    title: 'openSUSE Leap',
    source: 'https://en.opensuse.org/Lifetime',
    releases: {
      ...{ '42.1': '2017-05-17', '42.2': '2018-01-26', '42.3': '2019-07-01', '15.0': '2019-12-03' },
      ...{ '15.1': '2021-02-02', '15.2': '2022-01-04', '15.3': '2022-12-31', '15.4': '2023-12-07' },
      ...{ '15.5': '2024-12-31', '15.6': '2026-04-30', '16.0': '2027-10-31' },
    },
  },
  {
    family: 'opensuse-tumbleweed',
    title: 'openSUSE Tumbleweed',
    source: 'https://en.opensuse.org/Lifetime',
    releases: { '': rolling },
  },
  {
    family: 'oracle',
    title: 'Oracle Linux',
    meaning: 'Premier Support; Extended Support is for its buyers',
    source: 'https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf',
    releases: {
      ...{ '5': '2017-06-30', '6': '2021-03-31', '7': '2024-12-31', '8': '2029-07-31', '9': '2032-06-30' },
      ...{ '10': '2035-06-30' },
    },
  },
  {
    family: 'photon',
    title: 'Photon OS',
    source: 'https://github.com/vmware/photon/wiki',
    releases: { '1.0': '2022-02-28', '2.0': '2022-12-31', '3.0': '2024-03-01', '4.0': unknown, '5.0': unknown },
  },
  {
    family: 'rhel',
    title: 'Red Hat Enterprise Linux',
    meaning: 'maintenance support; the extended life cycle is for its buyers',
    source: 'https://access.redhat.com/support/policy/updates/errata',
    releases: {
      ...{ '4': '2012-02-29', '5': '2017-03-31', '6': '2020-11-30', '7': '2024-06-30', '8': '2029-05-31' },
      ...{ '9': '2032-05-31', '10': '2035-05-31' },
    },
  },
  {
    family: 'rocky',
    title: 'Rocky Linux',
    source: 'https://wiki.rockylinux.org/rocky/version/',
    releases: { '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' },
  },
  {
    family: 'sl-micro',
    title: 'SUSE Linux Micro',
    source: 'https://www.suse.com/lifecycle',
    releases: { '6.0': unknown, '6.1': unknown },
  },
  {
    family: 'sle-micro',
    title: 'SUSE Linux Enterprise Micro',
    source: 'https://www.suse.com/lifecycle',
    releases: { '5.0': unknown, '5.1': unknown, '5.2': unknown, '5.3': unknown, '5.4': unknown, '5.5': unknown },
  },
  {
    family: 'sles',
    title: 'SUSE Linux Enterprise Server',
    meaning: 'general support',
    source: 'https://www.suse.com/lifecycle',
    releases: {
      ...{ '11': '2010-12-31', '11.1': '2012-08-31', '11.2': '2014-01-31', '11.3': '2016-01-31', '11.4': '2019-03-31' },
      ...{ '12': '2016-06-30', '12.1': '2017-05-31', '12.2': '2018-03-31', '12.3': '2019-06-30', '12.4': '2020-06-30' },
      ...{ '12.5': '2024-10-31', '15': '2019-12-31', '15.1': '2021-01-31', '15.2': '2021-12-31', '15.3': '2022-12-31' },
      ...{ '15.4': '2023-12-31', '15.5': '2024-12-31', '15.6': '2025-12-31', '15.7': '2031-07-31', '16.0': unknown },
    },
    extended: {
      kind: 'product',
      value: 'sles-ltss',
      releases: {
        ...{ '11.4': '2022-03-31', '12': '2019-07-01', '12.1': '2020-05-31', '12.2': '2021-03-31' },
        ...{ '12.3': '2022-06-30', '12.4': '2023-06-30', '12.5': '2027-10-31', '15': '2022-12-31' },
        ...{ '15.1': '2024-01-31', '15.2': '2024-12-31', '15.3': '2025-12-31', '15.4': '2026-12-31' },
        ...{ '15.5': '2027-12-31' },
      },
    },
  },
  {
    family: 'ubuntu',
    title: 'Ubuntu',
    meaning: 'standard support',
    source: 'https://wiki.ubuntu.com/Releases',
    releases: {
      ...{
        '8.04': '2013-05-09',
        '8.10': '2010-04-30',
        '9.04': '2010-10-23',
        '9.10': '2011-04-30',
        '10.04': '2015-04-30',
        '10.10': '2012-04-10',
        '11.04': '2012-10-28',
      },
      ...{ '11.10': '2013-05-09', '12.04': '2017-04-28', '12.10': '2014-05-16', '13.04': '2014-01-27' },
      ...{ '13.10': '2014-07-17', '14.04': '2019-04-30', '14.10': '2015-07-23', '15.04': '2016-02-04' },
      ...{ '15.10': '2016-07-28', '16.04': '2021-04-30', '16.10': '2017-07-20', '17.04': '2018-01-13' },
      ...{ '17.10': '2018-07-19', '18.04': '2023-05-31', '18.10': '2019-07-18', '19.04': '2020-01-23' },
      ...{ '19.10': '2020-07-17', '20.04': '2025-05-31', '20.10': '2021-07-22', '21.04': '2022-01-20' },
      ...{ '21.10': '2022-07-14', '22.04': '2027-04-30', '22.10': '2023-07-20', '23.04': '2024-01-25' },
      ...{ '23.10': '2024-07-11', '24.04': '2029-05-31', '24.10': '2025-07-10', '25.04': '2026-01-17' },
      ...{ '25.10': '2026-07-31', '26.04': '2031-04-30' },
    },
    extended: {
      kind: 'service',
      value: 'esm-infra',
      releases: {
        ...{ '12.04': '2019-04-30', '14.04': '2024-04-30', '16.04': '2026-04-30', '18.04': '2028-04-30' },
        ...{ '20.04': '2030-04-30', '22.04': '2032-04-30', '24.04': '2034-04-30', '26.04': '2036-04-30' },
      },
    },
  },
  { family: 'wolfi', title: 'Wolfi', source: 'https://github.com/wolfi-dev', releases: { '': rolling } },
];
