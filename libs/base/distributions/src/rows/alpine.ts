import type { Distribution } from '../distribution';
import type { OsRelease } from '../os-release';

export const alpine: Distribution = {
  family: 'alpine',
  title: 'Alpine Linux',
  packageType: 'apk',
  recognised: [{ ids: ['alpine'], release: branchOf }],
  releaseName: { form: /^(?:v\d{1,2}\.\d{1,3}|edge)$/, example: 'v3.20' },
  osv: [{ ecosystem: /^Alpine:(v\d{1,2}\.\d{1,3}|edge)$/, release: '$1' }],
  // Vulnerabilities that Alpine rejects for a package, whatever the release.
  advisories: (release) => [{ id: `alpine:${release}` }, { id: 'alpine:any', secondary: true, layered: true }],
  page: { base: 'https://security.alpinelinux.org/vuln/', anyId: true },
  support: {
    meaning: 'support of the main repository',
    source: 'https://alpinelinux.org/releases/',
    releases: {
      ...{ edge: 'rolling', 'v2.1': '2012-11-01', 'v2.2': '2013-05-01', 'v2.3': '2013-11-01', 'v2.4': '2014-05-01' },
      ...{ 'v2.5': '2014-11-01', 'v2.6': '2015-05-01', 'v2.7': '2015-11-01', 'v3.0': '2016-05-01' },
      ...{ 'v3.1': '2016-11-01', 'v3.2': '2017-05-01', 'v3.3': '2017-11-01', 'v3.4': '2018-05-01' },
      ...{ 'v3.5': '2018-11-01', 'v3.6': '2019-05-01', 'v3.7': '2019-11-01', 'v3.8': '2020-05-01' },
      ...{ 'v3.9': '2020-11-01', 'v3.10': '2021-05-01', 'v3.11': '2021-11-01', 'v3.12': '2022-05-01' },
      ...{ 'v3.13': '2022-11-01', 'v3.14': '2023-05-01', 'v3.15': '2023-11-01', 'v3.16': '2024-05-23' },
      ...{ 'v3.17': '2024-11-22', 'v3.18': '2025-05-09', 'v3.19': '2025-11-01', 'v3.20': '2026-04-01' },
      ...{ 'v3.21': '2026-11-01', 'v3.22': '2027-05-01', 'v3.23': '2027-11-01' },
    },
  },
};

function branchOf({ version, prettyName = '' }: OsRelease): string | undefined {
  if (/\bedge\b/.test(prettyName) || version.includes('_alpha')) return 'edge';
  const branch = /^\d{1,2}\.\d{1,3}(?!\d)/.exec(version)?.[0];
  return branch === undefined ? undefined : `v${branch}`;
}
