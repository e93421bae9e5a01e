import type { PlacedFeature } from '@clarion/model';
import { apk, deb, rpm } from '@clarion/test-kit/match-facts';
import { type Builder, builderOf } from './builder-of';

const by = (vendor: string, version = '1.0-1', namespace = 'debian:12'): PlacedFeature =>
  deb('nodejs', version, { vendor, namespace });
const jane = 'Jane <jane@home.example>';

const rows: readonly (readonly [PlacedFeature, Builder])[] = [
  [by('Debian Python Team <team+python@tracker.debian.org>'), 'distribution'],
  [by('Jane <jane@debian.org>', '1.0'), 'distribution'],
  [by('Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>'), 'distribution'],
  [by('Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>', '1.0-1ubuntu2', 'ubuntu:24.04'), 'distribution'],
  // Addresses that only look like it.
  [by('Acme <deb@debian.org.acme.example>', '1.0'), 'other'],
  [by('Acme <deb@not-debian.org>', '1.0'), 'other'],
  [by('Acme <x@not-debian.org.evil.example>', '1.0-1acme1'), 'other'],
  [by('deb@debian.org <build@acme.example>', '1.0'), 'other'],
  [by('debian.org', '1.0'), 'other'],
  // Maintainers of Debian with private addresses.
  ...['1.47.0-2+b2', '1:4.4.33-2', '37~deb12u1', '5.4.1-1+deb12u2', '5.2.5-2.1~deb11u1', '1.44.5-1+deb10u1'].map(
    (version): [PlacedFeature, Builder] => [by(jane, version), 'unknown'],
  ),
  ...['1.30+dfsg-6', '1:4.5.2+20251210-1', '2.0-1~bpo12+1', '5.4.1-1+deb12u2+b1', '2-1.1+nmu1'].map(
    (version): [PlacedFeature, Builder] => [by(jane, version), 'unknown'],
  ),
  [by(jane, '1.0-1ubuntu0.22.04.1~esm1', 'ubuntu:22.04'), 'unknown'],
  [by(jane, '2.74-0ubuntu3+Fips1', 'ubuntu:22.04'), 'unknown'],
  // Versions that Debian does not make.
  ...['20.1.0-1acme1', '20.1.0', '20.1.0-acme', '20.1.0-1~acme1', '20.1.0-1ubuntu1'].map(
    (version): [PlacedFeature, Builder] => [by(jane, version), 'other'],
  ),
  // Addresses that no maintainer of Debian has, whatever the version.
  ...[
    'HashiCorp',
    'Acme Support <support@acme.example>',
    'Acme <packaging@acme.example>',
    'Acme <linux-release@acme.example>',
    '<root@4f2a1c>',
    '<vagrant@ubuntu-jammy>',
    'debian <noreply@>',
  ].map((vendor): [PlacedFeature, Builder] => [by(vendor), 'other']),
  // Groups of Debian with addresses elsewhere, several of one package, and persons.
  ...[
    'Debian Libidn team <help-libidn@gnu.org>',
    'Debian sysvinit maintainers <debian-init-diversity@chiark.greenend.org.uk>',
    'Jörg Frings-Fürst <debian@jff.email>',
    'أحمد المحمودي (Ahmed El-Mahmoudy) <aelmahmoudy@users.sourceforge.net>',
    "Marco d'Itri <md@linux.it>",
  ].map((vendor): [PlacedFeature, Builder] => [by(vendor), 'unknown']),
  [by('Debian Python Team <team+python@tracker.debian.org>,'), 'distribution'],
  // What the package says beside its maintainer.
  [{ ...by(jane), publisher: 'Acme' }, 'other'],
  [{ ...by('Debian <x@debian.org>'), publisher: 'none' }, 'other'],
  [{ ...by(''), publisher: 'NodeSource' }, 'other'],
  [{ ...by('Dpkg Developers <debian-dpkg@lists.debian.org>'), publisher: 'debian' }, 'distribution'],
  [{ ...by('Ubuntu <x@ubuntu.com>', '1-1', 'ubuntu:24.04'), publisher: 'Ubuntu' }, 'distribution'],
  [{ ...by(jane), publisher: 'Debian' }, 'unknown'],
  // Hostile ones take no longer.
  [by(`${'a-'.repeat(100_000)}@acme.example`), 'unknown'],
  [by(jane, `1-${'1.b1'.repeat(10_000)}x`), 'other'],
  [by(jane, `1-${'1.ubuntu1'.repeat(10_000)}x`, 'ubuntu:22.04'), 'other'],
  [by(''), 'unknown'],
  [deb('nodejs', '1.0'), 'unknown'],
  [rpm('nodejs', '1-1', { vendor: 'Red Hat, Inc.', namespace: 'rhel:9' }), 'distribution'],
  [rpm('nodejs', '1-1', { vendor: 'Acme', namespace: 'rhel:9' }), 'other'],
  [rpm('nodejs', '1-1', { namespace: 'rhel:9' }), 'unknown'],
  [apk('nodejs', '1-r1'), 'distribution'],
];

test.each(
  rows.map(
    ([feature, builder]) =>
      [`${feature.vendor ?? 'nobody'} ${feature.version.slice(0, 40)}`, feature, builder] as const,
  ),
)('%s', (_, feature, builder) => {
  expect(builderOf(feature)).toBe(builder);
});
