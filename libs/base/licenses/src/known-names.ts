/**
 * Names of licences in the metadata of packages, in the form of `plainName`, by id. Names that mean several licences
 * (`BSD License`, `GPL`) are not here.
 */
const namesOfId: Readonly<Record<string, readonly string[]>> = {
  '0BSD': ['bsd zero clause', 'zero clause bsd'],
  'AGPL-3.0-only': ['gnu affero general public 3', 'affero general public 3', 'agpl 3', 'agpl3', 'agpl 3.0'],
  'AGPL-3.0-or-later': ['gnu affero general public 3 or later', 'agpl3+', 'agpl 3+'],
  'Apache-1.1': ['apache 1.1', 'apache software 1.1'],
  'Apache-2.0': [
    ...[
      'apache 2',
      'apache 2.0',
      'apache2',
      'apache2.0',
      'apache software',
      'apache software 2.0',
      'apache software 2',
    ],
    ...['asl 2', 'asl 2.0', 'al 2.0', 'apache public 2.0', 'apache_2_0'],
  ],
  'Artistic-1.0-Perl OR GPL-1.0-or-later': ['perl_5', 'perl 5', 'same as perl', 'same terms as perl'],
  'Artistic-2.0': ['artistic 2', 'artistic 2.0', 'artistic_2'],
  'BlueOak-1.0.0': ['blue oak model 1.0.0'],
  'BSD-2-Clause': [
    ...[
      'bsd 2 clause',
      '2 clause bsd',
      'bsd2',
      'simplified bsd',
      'bsd simplified',
      'freebsd',
      'two clause bsd',
      'bsd 2',
    ],
    ...['new bsd 2 clause', 'bsd two clause'],
  ],
  'BSD-3-Clause': [
    ...['bsd 3 clause', '3 clause bsd', 'bsd3', 'new bsd', 'bsd new', 'modified bsd', 'revised bsd', 'bsd 3'],
    ...['three clause bsd', 'bsd revised', 'eclipse distribution 1.0', 'edl 1.0', 'bsd three clause'],
  ],
  'BSL-1.0': ['boost software 1.0', 'boost software', 'boost'],
  'CC0-1.0': ['cc0', 'cc0 1.0', 'cc0 1.0 universal', 'cc0 1.0 universal public domain dedication', 'public domain cc0'],
  'CC-BY-4.0': ['creative commons attribution 4.0', 'cc by 4.0'],
  'CDDL-1.0': ['cddl 1.0', 'common development and distribution 1.0', 'common development and distribution'],
  'CDDL-1.1': ['cddl 1.1', 'common development and distribution 1.1'],
  'CPL-1.0': ['common public 1.0', 'cpl 1.0'],
  'ECL-2.0': ['educational community 2.0'],
  'EPL-1.0': ['eclipse public 1.0', 'epl 1.0', 'eclipse 1.0'],
  'EPL-2.0': ['eclipse public 2.0', 'epl 2.0', 'eclipse 2.0', 'eclipse public 2'],
  'EUPL-1.1': ['european union public 1.1', 'eupl 1.1'],
  'EUPL-1.2': ['european union public 1.2', 'eupl 1.2'],
  'GPL-2.0-only': ['gnu general public 2', 'gnu general public 2.0', 'gpl2', 'gpl 2', 'gpl 2.0', 'gpl 2 only'],
  'GPL-2.0-or-later': ['gnu general public 2 or later', 'gpl2+', 'gpl 2+', 'gpl 2 or later'],
  'GPL-2.0-only WITH Classpath-exception-2.0': [
    ...['gpl2 with classpath exception', 'gpl2 w cpe', 'gnu general public 2 with the classpath exception'],
    ...['gnu general public 2 with classpath exception', 'gpl 2 with classpath exception', 'gpl 2 w cpe'],
  ],
  'GPL-3.0-only': ['gnu general public 3', 'gnu general public 3.0', 'gpl3', 'gpl 3', 'gpl 3.0', 'gpl 3 only'],
  'GPL-3.0-or-later': ['gnu general public 3 or later', 'gpl3+', 'gpl 3+', 'gpl 3 or later'],
  HPND: ['historical permission notice and disclaimer'],
  ISC: ['isc'],
  'LGPL-2.0-only': ['gnu lesser general public 2', 'gnu library general public 2', 'lgpl2', 'lgpl 2'],
  'LGPL-2.0-or-later': [
    'gnu lesser general public 2 or later',
    'gnu library or lesser general public 2 or later',
    'lgpl2+',
  ],
  'LGPL-2.1-only': ['gnu lesser general public 2.1', 'lgpl 2.1', 'lgpl2.1'],
  'LGPL-2.1-or-later': ['gnu lesser general public 2.1 or later', 'lgpl 2.1+', 'lgpl2.1+', 'lgpl 2.1 or later'],
  'LGPL-3.0-only': ['gnu lesser general public 3', 'gnu lesser general public 3.0', 'lgpl3', 'lgpl 3', 'lgpl 3.0'],
  'LGPL-3.0-or-later': ['gnu lesser general public 3 or later', 'lgpl3+', 'lgpl 3+', 'lgpl 3 or later'],
  MIT: ['mit', 'expat', 'mit x11', 'x11 mit', 'mit expat', 'bouncy castle'],
  'MIT-0': ['mit no attribution', 'mit 0'],
  'MPL-1.0': ['mozilla public 1.0', 'mpl 1.0'],
  'MPL-1.1': ['mozilla public 1.1', 'mpl 1.1'],
  'MPL-2.0': ['mozilla public 2.0', 'mpl 2.0', 'mpl 2', 'mpl2', 'mozilla public 2'],
  'MS-PL': ['microsoft public', 'ms pl'],
  NCSA: ['university of illinois ncsa open source'],
  'OFL-1.1': ['sil open font 1.1', 'ofl 1.1'],
  'PSF-2.0': ['python software foundation', 'psf', 'psf 2.0', 'python software foundation 2'],
  'Python-2.0': ['python 2.0'],
  Unlicense: ['unlicense'],
  'UPL-1.0': ['universal permissive', 'universal permissive 1.0', 'upl 1.0'],
  W3C: ['w3c', 'w3c software'],
  WTFPL: ['wtfpl', 'do what the fuck you want to public'],
  Zlib: ['zlib', 'zlib libpng', 'libpng zlib'],
  'ZPL-2.1': ['zope public 2.1', 'zpl 2.1'],
};

/** Addresses of licences without scheme, `www.`, extension and slash at the end, by id. */
const addressesOfId: Readonly<Record<string, readonly string[]>> = {
  'AGPL-3.0-only': ['gnu.org/licenses/agpl', 'gnu.org/licenses/agpl-3.0'],
  'Apache-1.1': ['apache.org/licenses/license-1.1'],
  'Apache-2.0': ['apache.org/licenses/license-2.0', 'apache.org/license/license-2.0'],
  'BSD-3-Clause': ['golang.org/license', 'eclipse.org/org/documents/edl-v10', 'antlr.org/license'],
  'BSL-1.0': ['boost.org/license_1_0'],
  'CC0-1.0': ['creativecommons.org/publicdomain/zero/1.0'],
  'CDDL-1.0': ['sun.com/cddl/cddl', 'glassfish.dev.java.net/public/cddlv1.0'],
  'EPL-1.0': ['eclipse.org/legal/epl-v10', 'eclipse.org/org/documents/epl-v10'],
  'EPL-2.0': ['eclipse.org/legal/epl-2.0', 'eclipse.org/legal/epl-v20', 'eclipse.org/org/documents/epl-2.0/epl-2.0'],
  'GPL-2.0-only': ['gnu.org/licenses/gpl-2.0', 'gnu.org/licenses/old-licenses/gpl-2.0'],
  'GPL-2.0-only WITH Classpath-exception-2.0': [
    'gnu.org/software/classpath/license',
    'openjdk.java.net/legal/gplv2+ce',
  ],
  'GPL-3.0-only': ['gnu.org/licenses/gpl-3.0'],
  'LGPL-2.1-only': ['gnu.org/licenses/lgpl-2.1', 'gnu.org/licenses/old-licenses/lgpl-2.1'],
  'LGPL-3.0-only': ['gnu.org/licenses/lgpl-3.0'],
  MIT: ['jquery.org/license', 'bouncycastle.org/licence', 'mit-license.org'],
  'MPL-1.1': ['mozilla.org/mpl/mpl-1.1', 'mozilla.org/mpl/1.1'],
  'MPL-2.0': ['mozilla.org/mpl/2.0', 'mozilla.org/en-us/mpl/2.0'],
  Unlicense: ['unlicense.org'],
  'UPL-1.0': ['oss.oracle.com/licenses/upl'],
};

function byValue(table: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table).flatMap(([id, values]) => values.map((value) => [value, id] as const)));
}

const names = byValue(namesOfId);
const addresses = byValue(addressesOfId);

const noise = /\b(?:the|an?|license|licence|licensed|version|agreement)\b/g;
/** `GPLv2`, `v2.0`; not the letter in other words. */
const versionLetter = /(?<=^|[ a-z])v ?(?=\d)/g;

/** A name without what is written in many ways: case, punctuation, words such as "license", abbreviations in brackets. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/\([^()]*\)/g, ' ')
    .replace(/[^a-z0-9.+_]+/g, ' ')
    .replace(noise, ' ')
    .replace(versionLetter, '')
    .replace(/\.(?= |$)/g, '')
    .replace(/ +/g, ' ')
    .trim();
}

/** The SPDX expression of a licence with this name; undefined for a name that is unknown or means several licences. */
export function licenseOfName(name: string): string | undefined {
  return names.get(plainName(name));
}

/** Sites with a page for each licence, named by its id. */
const pageOfId = /^(?:opensource\.org\/licenses?|spdx\.org\/licenses|choosealicense\.com\/licenses)\/([^/]+)$/;

/** The SPDX expression, or an id in any case, of the licence at an address; undefined for an unknown one. */
export function licenseOfAddress(url: string): string | undefined {
  const address = url
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/[?#].*$/, '')
    .replace(/(?:\.(?:html?|txt|php|md|json))?\/*$/, '');
  const [, page] = pageOfId.exec(address) ?? [];
  return addresses.get(address) ?? (page === undefined ? undefined : page.replace(/-license$/, ''));
}
