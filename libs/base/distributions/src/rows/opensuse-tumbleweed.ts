import type { Distribution } from '../distribution';
import { rolling } from '../release-rules';
import { susePage } from '../vendors/suse';

export const opensuseTumbleweed: Distribution = {
  family: 'opensuse-tumbleweed',
  title: 'openSUSE Tumbleweed',
  packageType: 'rpm',
  recognised: [{ ids: ['opensuse-tumbleweed'], release: rolling }],
  osv: [{ ecosystem: /^openSUSE:Tumbleweed$/, release: '' }],
  purlNamespace: 'opensuse',
  repositoryRules: { kind: 'product' },
  page: susePage,
  // Applications of the web.
  furtherDirectories: ['srv/www/'],
  support: {
    source: 'https://en.opensuse.org/Lifetime',
    releases: { '': 'rolling' },
  },
};
