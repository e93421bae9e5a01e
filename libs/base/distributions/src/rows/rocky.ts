import type { Distribution } from '../distribution';
import { major } from '../release-rules';

export const rocky: Distribution = {
  family: 'rocky',
  title: 'Rocky Linux',
  otherNames: ['rockylinux'],
  packageType: 'rpm',
  recognised: [{ ids: ['rocky'], release: major }],
  releaseFile: { name: 'rocky-release', text: /^Rocky Linux release (\d[\d.]*)/, id: 'rocky' },
  releaseName: { form: /^\d{1,3}$/, example: '9' },
  osv: [{ ecosystem: /^Rocky Linux:(\d{1,3})$/, release: '$1' }],
  support: {
    source: 'https://wiki.rockylinux.org/rocky/version/',
    releases: { '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' },
  },
};
