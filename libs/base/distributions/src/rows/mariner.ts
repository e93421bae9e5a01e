import type { Distribution } from '../distribution';
import { majorMinor } from '../release-rules';

export const mariner: Distribution = {
  family: 'mariner',
  title: 'CBL-Mariner',
  packageType: 'rpm',
  recognised: [{ ids: ['mariner'], release: majorMinor }],
  releaseFile: { name: 'mariner-release', text: /^CBL-Mariner (\d[\d.]*)/, id: 'mariner' },
  releaseName: { form: /^\d\.\d$/, example: '2.0' },
  ownPackages: { vendors: ['microsoft'] },
  // Maven, Ant and Tomcat.
  furtherDirectories: ['var/opt/'],
  support: {
    source: 'https://endoflife.date/azure-linux',
    releases: { '1.0': '2023-08-31', '2.0': '2025-07-31' },
  },
};
