import { testBudget } from '@clarion/test-kit';
import { parseDescription } from './parse';

const path = 'usr/local/lib/R/site-library/own/DESCRIPTION';
const built = 'Built: R 4.2.2; ; 2023-01-22 16:30:02 UTC; unix';

function parse(text: string, at = path): ReturnType<typeof parseDescription> {
  return parseDescription({ path: at, content: Buffer.from(text) }, testBudget());
}

describe('r reads', () => {
  const read: readonly (readonly [what: string, lines: readonly string[], found: object])[] = [
    ['a package', ['Package: own', 'Version: 1.0', built], { type: 'cran', name: 'own', version: '1.0' }],
    [
      'a version with a hyphen, as CRAN writes it',
      ['Package: own', 'Version: 7.3-58.2', 'License: GPL-2 | GPL-3', 'Repository: CRAN', built],
      { type: 'cran', name: 'own', version: '7.3-58.2', license: 'GPL-2.0-only OR GPL-3.0-only' },
    ],
    [
      'a licence in several lines',
      ['Package: own', 'Version: 1.0', 'License: MIT +', '    file LICENSE', built],
      { type: 'cran', name: 'own', version: '1.0', license: 'MIT' },
    ],
    [
      'a package of Bioconductor',
      ['Package: own', 'Version: 1.0', 'biocViews: Software', built],
      { type: 'bioconductor', name: 'own', version: '1.0' },
    ],
    [
      'a release of Bioconductor',
      ['Package: own', 'Version: 1.0', 'Repository: Bioconductor 3.18', built],
      { type: 'bioconductor', name: 'own', version: '1.0' },
    ],
    [
      'a package of CRAN that has terms of Bioconductor',
      ['Package: own', 'Version: 1.0', 'Repository: CRAN', 'biocViews: Software', built],
      { type: 'cran', name: 'own', version: '1.0' },
    ],
    [
      'the first stanza',
      ['Package: own', 'Version: 1', built, '', 'Package: b'],
      { type: 'cran', name: 'own', version: '1' },
    ],
  ];
  it.each(read.map(([what, ...row]) => [what, row] as const))('%s', (_, [lines, found]) => {
    expect(parse(lines.join('\n'))).toEqual({ features: [{ ...found, path }], problems: [] });
    expect(parse(lines.join('\r\n'))).toEqual({ features: [{ ...found, path }], problems: [] });
  });

  it.each([
    ['MIT + file LICENSE', 'MIT'],
    ['BSD_3_clause + file LICENCE | GPL-2', 'BSD-3-Clause OR GPL-2.0-only'],
    ['GPL (>= 2)', 'GPL-2.0-or-later'],
    ['GPL (>=3)', 'GPL-3.0-or-later'],
    ['LGPL (== 2.1)', 'LGPL-2.1-only'],
    ['AGPL-3', 'AGPL-3.0-only'],
    ['Apache License (== 2.0)', 'Apache-2.0'],
    ['Artistic-2.0 | file LICENSE', 'Artistic-2.0 | file LICENSE'],
    ['Part of R 4.2.2', 'Part of R 4.2.2'],
    ['GPL', 'GPL'],
    ['Unlimited', 'Unlimited'],
  ])('the licence %j as %j', (written, license) => {
    const text = `Package: own\nVersion: 1\nLicense: ${written}\n${built}`;
    expect(parse(text).features.map((feature) => feature.license)).toEqual([license]);
  });

  it.each([
    ['sources', 'Package: own\nVersion: 1.0\n', path],
    ['another file of this name', 'A description in words\n', path],
    ['nothing', '', path],
    ['what an interrupted installation left', `Package: own\nVersion: 1\n${built}`, 'x/00LOCK-own/own/DESCRIPTION'],
    ['the cache of conda', `Package: own\nVersion: 1\n${built}`, 'pkgs/r-own-1.0-r42_0/lib/R/library/own/DESCRIPTION'],
  ])('no package from %s', (_, text, at) => {
    expect(parse(text, at)).toEqual({ features: [], problems: [] });
  });

  it.each([
    ['name', `Version: 1.0\n${built}`],
    ['version', `Package: own\n${built}`],
    ['usable version', `Package: own\nVersion: ${'1'.repeat(5000)}\n${built}`],
  ])('an installed package without %s as a problem', (_, text) => {
    expect(parse(text)).toMatchObject({ features: [], problems: [{ code: 'bad-record', path }] });
  });
});
