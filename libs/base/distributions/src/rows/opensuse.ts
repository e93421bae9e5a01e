import type { Distribution } from '../distribution';
import { matching } from '../release-rules';
import { susePage } from '../vendors/suse';

export const opensuse: Distribution = {
  family: 'opensuse',
  title: 'openSUSE before Leap',
  packageType: 'rpm',
  recognised: [{ ids: ['opensuse'], release: matching(/^1[0-3]\.\d/) }],
  releaseFile: { name: 'SuSE-release', text: /^openSUSE (\d[\d.]*)/, id: 'opensuse' },
  releaseName: { form: /^1[0-3]\.\d$/, example: '13.2' },
  page: susePage,
  // Applications of the web.
  furtherDirectories: ['srv/www/'],
  support: {
    source: 'https://endoflife.date/opensuse',
    releases: {
      ...{ '11.0': '2010-07-26', '11.1': '2011-01-14', '11.2': '2011-05-12', '11.3': '2012-01-20' },
      ...{ '11.4': '2012-11-05', '12.1': '2013-05-15', '12.2': '2014-01-15', '12.3': '2015-01-29' },
      ...{ '13.1': '2016-02-03', '13.2': '2017-01-17' },
    },
  },
};
