import { parseVendorRelease } from './parse';

describe('vendor-release', () => {
  it.each([
    ['etc/oracle-release', 'Oracle Linux Server release 5.11', 'oracle:5', '5.11', 50],
    ['etc/redhat-release', 'Red Hat Enterprise Linux Server release 5.11 (Tikanga)', 'rhel:5', '5.11', 49],
    ['etc/redhat-release', 'Red Hat Enterprise Linux release 9.0 Beta (Plow)', 'rhel:9', '9.0', 49],
    ['etc/redhat-release', 'CentOS release 5.11 (Final)', 'centos:5', '5.11', 50],
    ['etc/redhat-release', '\n  Rocky Linux release 8.9 (Green Obsidian)', 'rocky:8', '8.9', 50],
    ['usr/lib/centos-release', 'CentOS Stream release 9', 'centos-stream:9', undefined, 50],
    ['etc/system-release', 'Amazon Linux AMI release 2017.09', 'amzn:2017.09', undefined, 50],
    [
      'etc/SuSE-release',
      'SUSE Linux Enterprise Desktop 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 3',
      'sles:12.3',
      undefined,
      50,
    ],
    [
      'etc/SuSE-release',
      'SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 0',
      'sles:12',
      undefined,
      50,
    ],
    ['etc/SuSE-release', 'SUSE Linux Enterprise Server 10 (x86_64)\nVERSION = 10', 'sles:10', undefined, 50],
    ['etc/mariner-release', 'CBL-Mariner 2.0.20240112', 'mariner:2.0', '2.0.20240112', 50],
  ])('%s with %j is %s', (path, text, id, versionText, rank) => {
    const found = parseVendorRelease({ path, content: Buffer.from(text) });
    expect(found.map((one) => [one.id, one.versionText, one.rank, one.path])).toEqual([[id, versionText, rank, path]]);
  });

  it.each([
    '',
    'nothing known',
    'Red Hat Linux release 6.2 (Zoot)',
    'Red Hat Enterprise Linux CoreOS release 4.12',
    'Scientific Linux release 6.5 (Carbon)',
    'CentOS release',
    'SUSE Linux Enterprise Server without numbers',
    'openSUSE 99.9 (x86_64)',
    `CentOS release ${'9'.repeat(100)}`,
  ])('%j is not a namespace', (text) => {
    expect(parseVendorRelease({ path: 'etc/redhat-release', content: Buffer.from(text) })).toEqual([]);
  });
});
