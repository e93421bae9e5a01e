import type { Distribution } from '../distribution';
import { rolling } from '../release-rules';

export const chainguard: Distribution = {
  family: 'chainguard',
  title: 'Chainguard',
  packageType: 'apk',
  recognised: [{ ids: ['chainguard'], release: rolling }],
  osv: [{ ecosystem: /^Chainguard$/, release: '' }],
  support: {
    source: 'https://edu.chainguard.dev/chainguard/chainguard-images/about/versions/',
    releases: { '': 'rolling' },
  },
};
