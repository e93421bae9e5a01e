import type { Distribution } from '../distribution';
import { rolling } from '../release-rules';

export const bottlerocket: Distribution = {
  family: 'bottlerocket',
  title: 'Bottlerocket',
  packageType: 'rpm',
  recognised: [{ ids: ['bottlerocket'], release: rolling }],
  support: {
    meaning: 'the latest version is supported',
    source: 'https://bottlerocket.dev/en/faq/',
    releases: { '': 'rolling' },
  },
};
