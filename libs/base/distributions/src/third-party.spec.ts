import type { PlacedFeature } from '@clarion/model';
import { deb, rpm } from '@clarion/test-kit/match-facts';
import { thirdPartyOf } from './third-party';

const rows: readonly (readonly [PlacedFeature, string | undefined])[] = [
  [deb('docker-ce', '5:24', { vendor: 'Docker <support@docker.com>' }), 'Docker'],
  [deb('mariadb-server', '1', { vendor: 'MariaDB Developers <developers@lists.mariadb.org>' }), 'MariaDB'],
  [deb('mysql-server', '8', { vendor: 'MySQL Release Engineering <mysql-build@oss.oracle.com>' }), 'MySQL'],
  [deb('nodejs', '20.9.0-1nodesource1'), 'NodeSource'],
  [deb('postgresql-16', '16.1-1.pgdg120+1', { vendor: 'Debian PostgreSQL Maintainers' }), 'PGDG'],
  [rpm('epel-release', '9-7.el9', { vendor: 'Fedora Project' }), 'EPEL'],
  [rpm('bash', '5.2-1.fc40', { vendor: 'Fedora Project', namespace: 'fedora:40' }), undefined],
  [rpm('bash', '5.1-1.el9', { vendor: 'Red Hat, Inc.' }), undefined],
  [rpm('a', '1', { vendor: 'Fedora Project', namespace: null }), 'EPEL'],
  [
    rpm('zsh', '5-1', { vendor: 'obs://build.opensuse.org/shells', namespace: 'opensuse-leap:15.6' }),
    'the openSUSE Build Service',
  ],
  [rpm('zsh', '5-1', { vendor: 'openSUSE', namespace: 'opensuse-leap:15.6' }), undefined],
  [rpm('glibc', '2.31-150300.63.1.1.PTF.1210000', { namespace: 'sles:15.5' }), 'a SUSE program temporary fix'],
  // Debian maintainers with private addresses are still Debian.
  [deb('e2fsprogs', '1', { vendor: "Theodore Y. Ts'o <tytso@mit.edu>" }), undefined],
  [deb('openssl', '1', { vendor: 'Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>' }), undefined],
  [deb('x', '1', { vendor: 'Someone <someone@notdocker.com>' }), undefined],
  [deb('x', '1'), undefined],
  [deb('vault', '1.15.2-1', { vendor: 'HashiCorp', publisher: 'HashiCorp' }), 'HashiCorp'],
  [deb('x', '1', { publisher: 'Debian' }), undefined],
];

test.each(rows)('%j is from %s', (feature, publisher) => {
  expect(thirdPartyOf(feature)).toBe(publisher);
});
