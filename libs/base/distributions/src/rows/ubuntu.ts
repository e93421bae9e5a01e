import type { Distribution } from '../distribution';
import { matching } from '../release-rules';

/** https://launchpad.net/ubuntu/+series */
const codenames: Readonly<Record<string, string>> = {
  ...{ warty: '4.10', hoary: '5.04', breezy: '5.10', dapper: '6.06', edgy: '6.10', feisty: '7.04', gutsy: '7.10' },
  ...{ hardy: '8.04', intrepid: '8.10', jaunty: '9.04', karmic: '9.10', lucid: '10.04', maverick: '10.10' },
  ...{ natty: '11.04', oneiric: '11.10', precise: '12.04', quantal: '12.10', raring: '13.04', saucy: '13.10' },
  ...{ trusty: '14.04', utopic: '14.10', vivid: '15.04', wily: '15.10', xenial: '16.04', yakkety: '16.10' },
  ...{ zesty: '17.04', artful: '17.10', bionic: '18.04', cosmic: '18.10', disco: '19.04', eoan: '19.10' },
  ...{ focal: '20.04', groovy: '20.10', hirsute: '21.04', impish: '21.10', jammy: '22.04', kinetic: '22.10' },
  ...{ lunar: '23.04', mantic: '23.10', noble: '24.04', oracular: '24.10', plucky: '25.04', questing: '25.10' },
  ...{ resolute: '26.04' },
};

export const ubuntu: Distribution = {
  family: 'ubuntu',
  title: 'Ubuntu',
  packageType: 'dpkg',
  recognised: [{ ids: ['ubuntu'], release: matching(/^\d{1,2}\.\d{2}/) }],
  codenames,
  releaseName: { form: /^\d{1,2}\.\d{2}$/, example: '24.04' },
  osv: [{ ecosystem: /^Ubuntu:(\d{1,2}\.\d{2})(?::LTS)?$/, release: '$1' }],
  flavours: [{ flavour: 'fips', version: /[+~.]fips/i }],
  supportChannels: [{ channel: /^esm-/, version: /[+~]esm\d/, offeredBy: 'ubuntu-pro' }],
  page: { base: 'https://ubuntu.com/security/' },
  ownPackages: {
    domains: ['ubuntu.com', 'canonical.com', 'debian.org', 'alioth-lists.debian.net'],
    publishers: ['ubuntu', 'canonical', 'debian'],
    // With a revision: `1.26.12-1ubuntu0.1~esm1`.
    version: /-\d[\d.]*(?:[+~]\d[\d.]*|[+~]?(?:b|build|deb\d+u|esm|exp|fips|nmu|ubuntu)\d[\d.]*)*$/i,
  },
  support: {
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
};
