import type { Distribution } from '../distribution';
import { major } from '../release-rules';

export const oracle: Distribution = {
  family: 'oracle',
  title: 'Oracle Linux',
  otherNames: ['ol'],
  packageType: 'rpm',
  recognised: [{ ids: ['ol'], release: major }],
  releaseFile: { name: 'oracle-release', text: /^Oracle Linux (?:\w+ )?release (\d[\d.]*)/, id: 'ol' },
  releaseName: { form: /^\d{1,3}$/, example: '9' },
  // Some packages are rebuilt for live patching, as certified modules, and as Oracle's own kernel.
  flavours: [
    { flavour: 'ksplice', version: /\.ksplice/, name: /^ksplice-/ },
    { flavour: 'fips', version: /_fips/ },
    { flavour: 'uek', version: /\.el\d{1,2}uek/ },
  ],
  fixedVersionShowsFlavour: true,
  // Software collections.
  furtherDirectories: ['opt/rh/'],
  page: { base: 'https://linux.oracle.com/cve/', suffix: '.html' },
  support: {
    meaning: 'Premier Support; Extended Support is for its buyers',
    source: 'https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf',
    releases: {
      ...{ '5': '2017-06-30', '6': '2021-03-31', '7': '2024-12-31', '8': '2029-07-31', '9': '2032-06-30' },
      ...{ '10': '2035-06-30' },
    },
  },
};
