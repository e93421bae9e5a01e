import type { Distribution } from '../distribution';
import { majorMinor } from '../release-rules';
import { susePage } from '../vendors/suse';

export const slMicro: Distribution = {
  family: 'sl-micro',
  title: 'SUSE Linux Micro',
  packageType: 'rpm',
  recognised: [{ ids: ['sl-micro'], release: majorMinor }],
  releaseName: { form: /^\d{1,2}\.\d{1,2}$/, example: '6.0' },
  purlNamespace: 'suse',
  repositoryRules: { kind: 'product' },
  page: susePage,
  support: {
    source: 'https://www.suse.com/lifecycle',
    releases: { '6.0': 'unknown', '6.1': 'unknown' },
  },
};
