import type { Distribution } from '../distribution';
import { matching } from '../release-rules';
import { susePage } from '../vendors/suse';

export const sles: Distribution = {
  family: 'sles',
  title: 'SUSE Linux Enterprise Server',
  otherNames: ['suse'],
  packageType: 'rpm',
  recognised: [{ ids: ['sles', 'sled', 'sles_sap', 'sle_hpc'], release: matching(/^\d{1,4}(?:\.\d{1,4})?(?!\d)/) }],
  releaseName: { form: /^\d{1,3}(?:\.\d{1,2})?$/, example: '15.6' },
  osv: [{ ecosystem: /^SUSE:Linux Enterprise Server (\d{1,3}) SP(\d{1,2})$/, release: '$1.$2' }],
  purlNamespace: 'suse',
  repositoryRules: { kind: 'product' },
  page: susePage,
  // Packages of the distribution itself name openSUSE or SUSE; the build service names its project.
  publishers: [
    { name: 'the openSUSE Build Service', vendor: 'obs://' },
    { name: 'a SUSE program temporary fix', version: '.ptf.' },
  ],
  // Applications of the web.
  furtherDirectories: ['srv/www/'],
  support: {
    meaning: 'general support',
    source: 'https://www.suse.com/lifecycle',
    releases: {
      ...{ '11': '2010-12-31', '11.1': '2012-08-31', '11.2': '2014-01-31', '11.3': '2016-01-31', '11.4': '2019-03-31' },
      ...{ '12': '2016-06-30', '12.1': '2017-05-31', '12.2': '2018-03-31', '12.3': '2019-06-30', '12.4': '2020-06-30' },
      ...{ '12.5': '2024-10-31', '15': '2019-12-31', '15.1': '2021-01-31', '15.2': '2021-12-31', '15.3': '2022-12-31' },
      ...{ '15.4': '2023-12-31', '15.5': '2024-12-31', '15.6': '2025-12-31', '15.7': '2031-07-31', '16.0': 'unknown' },
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
};
