import type { Distribution } from '../distribution';
import { majorMinor } from '../release-rules';

export const azurelinux: Distribution = {
  family: 'azurelinux',
  title: 'Azure Linux',
  packageType: 'rpm',
  recognised: [{ ids: ['azurelinux'], release: majorMinor }],
  releaseFile: { name: 'azurelinux-release', text: /^(?:Microsoft )?Azure Linux (\d[\d.]*)/, id: 'azurelinux' },
  releaseName: { form: /^\d\.\d$/, example: '3.0' },
  osv: [{ ecosystem: /^Azure Linux:(\d)$/, release: '$1.0' }],
  ownPackages: { vendors: ['microsoft'] },
  // Maven, Ant and Tomcat.
  furtherDirectories: ['var/opt/'],
  support: {
    source: 'https://endoflife.date/azure-linux',
    releases: { '3.0': '2027-08-31', '4.0': 'unknown' },
  },
};
