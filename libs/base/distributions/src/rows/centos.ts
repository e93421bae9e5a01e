import type { Distribution } from '../distribution';
import { major } from '../release-rules';
import { redHatBase } from '../vendors/red-hat';

export const centos: Distribution = {
  family: 'centos',
  title: 'CentOS Linux',
  packageType: 'rpm',
  recognised: [{ ids: ['centos'], release: major }],
  releaseFile: { name: 'centos-release', text: /^CentOS (?:Linux )?release (\d[\d.]*)/, id: 'centos' },
  releaseName: { form: /^\d{1,3}$/, example: '7' },
  // It was rebuilt from RHEL.
  advisories: (release) => [{ id: `rhel:${release}` }],
  // It has no products: all rows for the release apply to it.
  products: { ...redHatBase, assumed: (release) => [release] },
  ownPackages: { vendors: ['centos'] },
  // Software collections.
  furtherDirectories: ['opt/rh/'],
  support: {
    source: 'https://endoflife.date/centos',
    releases: { '5': '2017-03-31', '6': '2020-11-30', '7': '2024-06-30', '8': '2021-12-31' },
  },
};
