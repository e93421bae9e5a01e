import { readAffectedRelease, readPackageState } from './entries';

const rhel8 = 'cpe:/o:redhat:enterprise_linux:8';
const state = (more: object) => ({ fix_state: 'Affected', package_name: 'httpd', cpe: rhel8, ...more });
const release = (more: object) => ({
  advisory: 'RHSA-2021:4257',
  release_date: '2021-11-09T00:00:00Z',
  package: 'httpd-0:2.4.37-43.el8',
  cpe: rhel8,
  ...more,
});

describe('readPackageState', () => {
  it.each([
    ['Affected', 'affected'],
    ['Will not fix', 'will_not_fix'],
    ['Fix deferred', 'fix_deferred'],
    ['Out of support scope', 'end_of_life'],
    ['Under investigation', 'under_investigation'],
    ['under INVESTIGATION', 'under_investigation'],
  ])('%s is %s', (word, expected) => {
    expect(readPackageState(state({ fix_state: word }), 'Moderate')).toMatchObject({
      kind: 'advisory',
      namespace: 'rhel:8',
      package: 'httpd',
      facts: { state: expected, reason: word, severity: 'Medium', vendorSeverity: 'Moderate' },
    });
  });

  it('gives "not affected" neither reason nor severity', () => {
    expect(readPackageState(state({ fix_state: 'Not affected' }), 'Moderate')).toMatchObject({
      facts: { state: 'not_affected' },
    });
  });

  it('takes the impact of the element first', () => {
    expect(readPackageState(state({ impact: 'low' }), 'Moderate')).toMatchObject({ facts: { severity: 'Low' } });
  });

  it('reads the stream of a module', () => {
    const entry = readPackageState(state({ package_name: 'httpd:2.4/mod_http2' }), undefined);
    expect(entry).toMatchObject({ package: 'mod_http2', module: 'httpd:2.4' });
  });

  it.each([
    ['openshift4/ose-installer', 'container'],
    ['Directory Server', 'no package'],
    ['', 'no package'],
    ['kernel-debuginfo', 'no package'],
  ])('skips %j: %s', (name, why) => {
    expect(readPackageState(state({ package_name: name }), undefined)).toEqual({
      kind: 'skipped',
      why,
      state: 'affected',
    });
  });

  it.each([
    ['a state of tomorrow', state({ fix_state: 'Parked' }), 'Unknown fix state Parked'],
    ['no state', state({ fix_state: undefined }), 'Unknown fix state of no text'],
    ['no product', state({ cpe: 'Red Hat Enterprise Linux 8' }), 'Product without a CPE'],
    ['no object', 'httpd', 'Unknown fix state of no text'],
  ])('finds a problem in %s', (_, value, message) => {
    expect(readPackageState(value, undefined)).toEqual({ kind: 'problem', message });
  });
});

describe('readAffectedRelease', () => {
  it.each([
    ['httpd-0:2.4.37-43.el8', 'httpd', '2.4.37-43.el8'],
    ['bind-32:9.11.26-6.el8', 'bind', '32:9.11.26-6.el8'],
    ['openssl096b-0:0.9.6b-16', 'openssl096b', '0.9.6b-16'],
    ['389-ds-base-0:1.4.3.16-13.el8', '389-ds-base', '1.4.3.16-13.el8'],
  ])('%s is %s below %s', (text, name, fixed) => {
    expect(readAffectedRelease(release({ package: text }), 'Important')).toMatchObject({
      kind: 'advisory',
      package: name,
      facts: { state: 'fixed', ranges: [{ fixed }], advisory: 'RHSA-2021:4257', severity: 'High' },
    });
  });

  it('reads the channel, and the release of a layered product from its package', () => {
    const eus = release({ cpe: 'cpe:/o:redhat:rhel_eus:9.2' });
    expect(readAffectedRelease(eus, undefined)).toMatchObject({ namespace: 'rhel:9', channel: 'eus' });
    const layered = release({ cpe: 'cpe:/a:redhat:openshift:4.6', package: 'cri-o-0:1.19.0-1.el7' });
    expect(readAffectedRelease(layered, undefined)).toMatchObject({ namespace: 'rhel:7' });
  });

  it.each([
    ['httpd:2.4-8050020210930093346.b4937e53', 'module build'],
    ['nodejs:18-9020020240322155241.rhel9', 'module build'],
    ['php-0:7.2.24-1.module+el8.2.0+4601+7c76a223', 'module unknown'],
    ['openshift-logging/elasticsearch6-rhel8:v5.0.3-1', 'container'],
    ['mozilla', 'no version'],
    [undefined, 'no version'],
    ['org.keycloak/keycloak-services', 'no package'],
  ])('skips %s: %s', (text, why) => {
    expect(readAffectedRelease(release({ package: text }), undefined)).toEqual({
      kind: 'skipped',
      why,
      state: 'fixed',
    });
  });

  it.each([
    ['no object', null, 'Affected release is not an object'],
    ['no product', release({ cpe: undefined }), 'Product without a CPE'],
  ])('finds a problem in %s', (_, value, message) => {
    expect(readAffectedRelease(value, undefined)).toEqual({ kind: 'problem', message });
  });
});
