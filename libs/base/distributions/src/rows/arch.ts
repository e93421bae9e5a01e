import type { Distribution } from '../distribution';
import { rolling } from '../release-rules';

export const arch: Distribution = {
  family: 'arch',
  title: 'Arch Linux',
  otherNames: ['archlinux'],
  packageType: 'alpm',
  recognised: [{ ids: ['arch'], release: rolling }],
  // Large packages that keep all of their files together.
  furtherDirectories: ['opt/'],
  page: { base: 'https://security.archlinux.org/' },
  support: { source: 'https://archlinux.org/about/', releases: { '': 'rolling' } },
};
