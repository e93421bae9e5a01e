import type { Distribution } from '../distribution';
import { rolling } from '../release-rules';

export const minimos: Distribution = {
  family: 'minimos',
  title: 'MinimOS',
  packageType: 'apk',
  recognised: [{ ids: ['minimos'], release: rolling }],
  osv: [{ ecosystem: /^MinimOS$/, release: '' }],
  support: { source: 'https://www.minimus.io/', releases: { '': 'rolling' } },
};
