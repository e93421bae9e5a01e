import type { Distribution } from '../distribution';
import { majorMinor } from '../release-rules';
import { susePage } from '../vendors/suse';

export const sleMicro: Distribution = {
  family: 'sle-micro',
  title: 'SUSE Linux Enterprise Micro',
  packageType: 'rpm',
  recognised: [{ ids: ['sle-micro', 'sle-micro-rancher'], release: majorMinor }],
  releaseName: { form: /^\d{1,2}\.\d{1,2}$/, example: '5.5' },
  purlNamespace: 'suse',
  repositoryRules: { kind: 'product' },
  page: susePage,
  support: {
    source: 'https://www.suse.com/lifecycle',
    releases: {
      '5.0': 'unknown',
      '5.1': 'unknown',
      '5.2': 'unknown',
      '5.3': 'unknown',
      '5.4': 'unknown',
      '5.5': 'unknown',
    },
  },
};
