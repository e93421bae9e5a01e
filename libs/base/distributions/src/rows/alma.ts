import type { Distribution } from '../distribution';
import { major } from '../release-rules';

export const alma: Distribution = {
  family: 'alma',
  title: 'AlmaLinux',
  otherNames: ['almalinux'],
  packageType: 'rpm',
  recognised: [{ ids: ['almalinux'], release: major }],
  releaseFile: { name: 'almalinux-release', text: /^AlmaLinux release (\d[\d.]*)/, id: 'almalinux' },
  releaseName: { form: /^\d{1,3}$/, example: '9' },
  osv: [{ ecosystem: /^AlmaLinux:(\d{1,3})$/, release: '$1' }],
  support: {
    source: 'https://endoflife.date/almalinux',
    releases: { '8': '2029-03-01', '9': '2032-05-31', '10': '2035-05-31' },
  },
};
