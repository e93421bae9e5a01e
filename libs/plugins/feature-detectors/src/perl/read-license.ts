import { alternativeLicenses } from '@clarion/licenses';
import { isUsableText } from '../usable-text';

/** CPAN's names of licences that mean one of SPDX (https://metacpan.org/pod/CPAN::Meta::Spec#license). */
const names: ReadonlyMap<string, string> = new Map([
  ['agpl_3', 'AGPL-3.0-only'],
  ['apache_1_1', 'Apache-1.1'],
  ['apache_2_0', 'Apache-2.0'],
  ['artistic_1', 'Artistic-1.0'],
  ['artistic_2', 'Artistic-2.0'],
  ['bsd', 'BSD-3-Clause'],
  ['freebsd', 'BSD-2-Clause'],
  ['gfdl_1_2', 'GFDL-1.2-only'],
  ['gfdl_1_3', 'GFDL-1.3-only'],
  ['gpl_1', 'GPL-1.0-only'],
  ['gpl_2', 'GPL-2.0-only'],
  ['gpl_3', 'GPL-3.0-only'],
  ['lgpl_2_1', 'LGPL-2.1-only'],
  ['lgpl_3_0', 'LGPL-3.0-only'],
  ['mit', 'MIT'],
  ['mozilla_1_0', 'MPL-1.0'],
  ['mozilla_1_1', 'MPL-1.1'],
  ['openssl', 'OpenSSL'],
  ['qpl_1_0', 'QPL-1.0'],
  ['zlib', 'Zlib'],
]);
/** That of Perl itself. */
const perl = ['Artistic-1.0-Perl', 'GPL-1.0-or-later'];

/** The licences in metadata of CPAN, which are alternatives; others than SPDX's as they are written. */
export function readLicense(written: unknown): string {
  const listed: readonly unknown[] = Array.isArray(written) ? written : [written];
  const known = listed.slice(0, mostLicenses).flatMap((one) => (isUsableText(one) && one !== 'unknown' ? [one] : []));
  return alternativeLicenses(known.flatMap((one) => (one === 'perl_5' ? perl : [names.get(one) ?? one])));
}

const mostLicenses = 20;
