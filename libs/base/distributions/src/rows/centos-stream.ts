import type { Distribution } from '../distribution';
import { major } from '../release-rules';
import { redHatBase } from '../vendors/red-hat';

export const centosStream: Distribution = {
  family: 'centos-stream',
  title: 'CentOS Stream',
  packageType: 'rpm',
  recognised: [{ ids: ['centos'], name: 'CentOS Stream', release: major }],
  releaseFile: { name: 'centos-release', text: /^CentOS Stream release (\d[\d.]*)/, id: 'centos' },
  releaseName: { form: /^\d{1,3}$/, example: '9' },
  // It runs ahead of RHEL.
  advisories: (release) => [
    { id: `rhel:${release}`, note: `reduced certainty: indicative, from the advisories of rhel:${release}` },
  ],
  products: { ...redHatBase, assumed: (release) => [release] },
  support: {
    source: 'https://endoflife.date/centos-stream',
    releases: { '8': '2024-05-31', '9': '2027-05-31', '10': '2030-01-01' },
  },
};
