import fc from 'fast-check';
import { alternativeLicenses, spdxExpression, spdxLicense } from '.';

test.each<[text: string, expression: string | undefined]>([
  ['MIT', 'MIT'],
  ['mit', 'MIT'],
  [' apache-2.0 ', 'Apache-2.0'],
  ['GPL-2.0+', 'GPL-2.0+'],
  ['EUPL-1.2+', 'EUPL-1.2+'],
  ['MIT OR Apache-2.0', 'MIT OR Apache-2.0'],
  ['(mit or gpl-2.0-only)', '(MIT OR GPL-2.0-only)'],
  ['Apache-2.0 with LLVM-exception', 'Apache-2.0 WITH LLVM-exception'],
  ['MIT AND (BSD-3-Clause OR ISC)', 'MIT AND (BSD-3-Clause OR ISC)'],
  ['LicenseRef-Acme', 'LicenseRef-Acme'],
  ['MIT OR Custom', undefined],
  ['MIT Apache-2.0', undefined],
  ['MIT,', undefined],
  ['(MIT', undefined],
  ['GPLv2+', undefined],
  ['UNLICENSED', undefined],
  ['SEE LICENSE IN LICENSE.md', undefined],
  ['constructor', undefined],
  ['', undefined],
  [`${'('.repeat(5000)}MIT${')'.repeat(5000)}`, undefined],
])('the expression %j', (text, expression) => {
  expect(spdxExpression(text)).toBe(expression);
});

test.each<[text: string, expression: string | undefined]>([
  ['Apache License, Version 2.0', 'Apache-2.0'],
  ['The Apache Software License, Version 2.0', 'Apache-2.0'],
  ['Apache License 2.0', 'Apache-2.0'],
  ['Apache 2', 'Apache-2.0'],
  ['Apache Software License', 'Apache-2.0'],
  ['ASL 2.0', 'Apache-2.0'],
  ['MIT License', 'MIT'],
  ['The MIT License (MIT)', 'MIT'],
  ['the MIT license', 'MIT'],
  ['BSD 3-Clause License', 'BSD-3-Clause'],
  ['New BSD License', 'BSD-3-Clause'],
  ['GNU General Public License v2 (GPLv2)', 'GPL-2.0-only'],
  ['GNU General Public License v3 or later (GPLv3+)', 'GPL-3.0-or-later'],
  ['GNU Lesser General Public License v2 or later (LGPLv2+)', 'LGPL-2.0-or-later'],
  ['GNU Affero General Public License v3', 'AGPL-3.0-only'],
  ['GPLv3', 'GPL-3.0-only'],
  ['LGPLv2.1+', 'LGPL-2.1-or-later'],
  ['GNU Lesser General Public License, Version 2.1', 'LGPL-2.1-only'],
  ['Mozilla Public License 2.0 (MPL 2.0)', 'MPL-2.0'],
  ['Eclipse Public License - v 1.0', 'EPL-1.0'],
  ['Eclipse Public License v2.0', 'EPL-2.0'],
  ['ISC License (ISCL)', 'ISC'],
  ['Python Software Foundation License', 'PSF-2.0'],
  ['CC0 1.0 Universal (CC0 1.0) Public Domain Dedication', 'CC0-1.0'],
  ['The Unlicense (Unlicense)', 'Unlicense'],
  ['GPL2 w/ CPE', 'GPL-2.0-only WITH Classpath-exception-2.0'],
  ['https://www.apache.org/licenses/LICENSE-2.0.txt', 'Apache-2.0'],
  ['http://opensource.org/licenses/MIT', 'MIT'],
  ['https://opensource.org/licenses/mit-license.php', 'MIT'],
  ['https://opensource.org/license/bsd-3-clause/', 'BSD-3-Clause'],
  ['https://spdx.org/licenses/ISC.html', 'ISC'],
  ['https://www.eclipse.org/legal/epl-2.0/', 'EPL-2.0'],
  ['https://example.com/LICENSE', undefined],
  ['BSD License', undefined],
  ['BSD', undefined],
  ['GPL', undefined],
  ['Public Domain', undefined],
  ['Proprietary', undefined],
  ['', undefined],
  ['constructor', undefined],
])('the license %j', (text, expression) => {
  expect(spdxLicense(text)).toBe(expression);
});

test.each<[texts: readonly string[], license: string]>([
  [[], ''],
  [['MIT'], 'MIT'],
  [['mit', 'MIT License'], 'MIT'],
  [['MIT', 'Apache 2.0'], 'MIT OR Apache-2.0'],
  [['MIT AND ISC', 'Zlib'], '(MIT AND ISC) OR Zlib'],
  [['(MIT AND ISC)', 'Zlib'], '(MIT AND ISC) OR Zlib'],
  [['MIT', 'Our own'], 'MIT OR Our own'],
])('alternatives %j', (texts, license) => {
  expect(alternativeLicenses(texts)).toBe(license);
});

test('any text: an expression that stays as it is, or none', () => {
  const word = fc.constantFrom(
    'MIT',
    'or',
    'AND',
    '(',
    ')',
    'with',
    'GPL-2.0+',
    'v2',
    'license',
    'BSD',
    ' ',
    '+',
    'LicenseRef-a',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(text, (one) => {
      const found = spdxLicense(one);
      if (found !== undefined) expect(spdxExpression(found)).toBe(found);
    }),
    { numRuns: 2000 },
  );
});
