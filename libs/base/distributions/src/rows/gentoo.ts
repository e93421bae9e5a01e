import type { Distribution } from '../distribution';
import { rolling } from '../release-rules';

export const gentoo: Distribution = {
  family: 'gentoo',
  title: 'Gentoo',
  packageType: 'ebuild',
  recognised: [{ ids: ['gentoo'], release: rolling }],
  support: { source: 'https://www.gentoo.org/get-started/about/', releases: { '': 'rolling' } },
};
