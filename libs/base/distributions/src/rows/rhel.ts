import type { Distribution } from '../distribution';
import { major } from '../release-rules';
import { redHatBase } from '../vendors/red-hat';

export const rhel: Distribution = {
  family: 'rhel',
  title: 'Red Hat Enterprise Linux',
  otherNames: ['redhat'],
  packageType: 'rpm',
  recognised: [{ ids: ['rhel'], release: major }],
  // Not "Red Hat Linux 6.2", which is older than RHEL, nor "… CoreOS release 4.12", which is an OpenShift version.
  releaseFile: {
    name: 'redhat-release',
    text: /^Red Hat Enterprise Linux (?:(?:Server|Client|Workstation|ComputeNode|Atomic Host|AS|ES|WS) )?release (\d[\d.]*)/,
    id: 'rhel',
    keptByRebuilds: true,
  },
  releaseName: { form: /^\d{1,3}$/, example: '9' },
  osv: [{ ecosystem: /^Red Hat:enterprise_linux:(\d{1,3})(?:\.\d{1,3})?(?:::[a-z]+)?$/, release: '$1' }],
  purlNamespace: 'redhat',
  advisories: (release) => [{ id: `rhel:${release}` }, { id: 'rhel:any', layered: true }],
  products: {
    ...redHatBase,
    byRepository: true,
    assumed: (release) => (Number(release) >= 8 ? [`${release}::baseos`, `${release}::appstream`] : [release]),
    note: (release) => `reduced certainty: repositories unknown, products of rhel:${release} assumed`,
  },
  page: { base: 'https://access.redhat.com/security/cve/' },
  ownPackages: { vendors: ['red hat'] },
  // Software collections.
  furtherDirectories: ['opt/rh/'],
  support: {
    meaning: 'maintenance support; the extended life cycle is for its buyers',
    source: 'https://access.redhat.com/support/policy/updates/errata',
    releases: {
      ...{ '4': '2012-02-29', '5': '2017-03-31', '6': '2020-11-30', '7': '2024-06-30', '8': '2029-05-31' },
      ...{ '9': '2032-05-31', '10': '2035-05-31' },
    },
  },
};
