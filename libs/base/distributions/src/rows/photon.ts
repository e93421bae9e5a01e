import type { Distribution } from '../distribution';
import { majorMinor } from '../release-rules';

export const photon: Distribution = {
  family: 'photon',
  title: 'Photon OS',
  packageType: 'rpm',
  recognised: [{ ids: ['photon'], release: majorMinor }],
  releaseFile: { name: 'photon-release', text: /^VMware Photon (?:OS|Linux) (\d[\d.]*)/, id: 'photon' },
  releaseName: { form: /^\d\.\d$/, example: '5.0' },
  osv: [{ ecosystem: /^Photon OS:(\d\.\d)$/, release: '$1' }],
  ownPackages: { vendors: ['vmware', 'broadcom'] },
  // Maven, Ant and Tomcat.
  furtherDirectories: ['var/opt/'],
  support: {
    source: 'https://github.com/vmware/photon/wiki',
    releases: { '1.0': '2022-02-28', '2.0': '2022-12-31', '3.0': '2024-03-01', '4.0': 'unknown', '5.0': 'unknown' },
  },
};
