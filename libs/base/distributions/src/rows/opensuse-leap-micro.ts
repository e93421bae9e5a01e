import type { Distribution } from '../distribution';
import { majorMinor } from '../release-rules';
import { susePage } from '../vendors/suse';

export const opensuseLeapMicro: Distribution = {
  family: 'opensuse-leap-micro',
  title: 'openSUSE Leap Micro',
  packageType: 'rpm',
  recognised: [{ ids: ['opensuse-leap-micro'], release: majorMinor }],
  releaseName: { form: /^\d{1,2}\.\d{1,2}$/, example: '6.0' },
  repositoryRules: { kind: 'product' },
  page: susePage,
  support: {
    source: 'https://en.opensuse.org/Lifetime',
    releases: {
      '5.2': 'unknown',
      '5.3': 'unknown',
      '5.4': 'unknown',
      '5.5': 'unknown',
      '6.0': 'unknown',
      '6.1': 'unknown',
      '6.2': 'unknown',
    },
  },
};
