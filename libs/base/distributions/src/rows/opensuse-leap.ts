import type { Distribution } from '../distribution';
import { majorMinor, matching } from '../release-rules';
import { susePage } from '../vendors/suse';

/** Releases of SUSE Linux Enterprise packages: `150500.12.3.1`; openSUSE's own start with `bp` or `lp`. */
const sleRelease = /-15\d{4}\./;

export const opensuseLeap: Distribution = {
  family: 'opensuse-leap',
  title: 'openSUSE Leap',
  packageType: 'rpm',
  recognised: [
    { ids: ['opensuse-leap'], release: majorMinor },
    // Leap 42 was still named plain openSUSE, like the releases before it.
    { ids: ['opensuse'], release: matching(/^42\.\d/) },
  ],
  releaseName: { form: /^\d{1,2}\.\d{1,2}$/, example: '15.6' },
  osv: [{ ecosystem: /^openSUSE:Leap (\d{1,2}\.\d)$/, release: '$1' }],
  purlNamespace: 'opensuse',
  // Leap 15.3 and later takes packages from SLE.
  advisories: (release) => [
    { id: `opensuse-leap:${release}` },
    ...(/^15\.[3-9]$/.test(release) ? [{ id: `sles:${release}`, secondary: true, version: sleRelease }] : []),
  ],
  repositoryRules: { kind: 'product' },
  page: susePage,
  // Applications of the web.
  furtherDirectories: ['srv/www/'],
  support: {
    source: 'https://en.opensuse.org/Lifetime',
    releases: {
      ...{ '42.1': '2017-05-17', '42.2': '2018-01-26', '42.3': '2019-07-01', '15.0': '2019-12-03' },
      ...{ '15.1': '2021-02-02', '15.2': '2022-01-04', '15.3': '2022-12-31', '15.4': '2023-12-07' },
      ...{ '15.5': '2024-12-31', '15.6': '2026-04-30', '16.0': '2027-10-31' },
    },
  },
};
