import type { Distribution } from '../distribution';
import { rolling } from '../release-rules';

export const wolfi: Distribution = {
  family: 'wolfi',
  title: 'Wolfi',
  packageType: 'apk',
  recognised: [{ ids: ['wolfi'], release: rolling }],
  osv: [{ ecosystem: /^Wolfi$/, release: '' }],
  support: { source: 'https://github.com/wolfi-dev', releases: { '': 'rolling' } },
};
