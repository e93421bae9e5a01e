import { alternativeLicenses, spdxLicense } from '@clarion/licenses';

/** R's short names of licences that are not those of SPDX (`R_HOME/share/licenses/license.db`). */
const names: ReadonlyMap<string, string> = new Map([
  ['Apache License 2.0', 'Apache-2.0'],
  ['Apache License (== 2.0)', 'Apache-2.0'],
  ['Artistic License 2.0', 'Artistic-2.0'],
  ['BSD_2_clause', 'BSD-2-Clause'],
  ['BSD_3_clause', 'BSD-3-Clause'],
  ['Mozilla Public License 2.0', 'MPL-2.0'],
]);

/** `GPL-2`, `GPL (>= 2)`, `LGPL (== 2.1)`. */
const gnu = /^(A?GPL|LGPL)(?:-| \((==|>=) ?)(\d)(?:\.(\d))?\)?$/;
/** The text of the licence is beside the package. */
const withFile = / ?\+ ?file LICEN[CS]E$/;

/**
 * The licence of an R package as an SPDX expression, where R's own form names one; else as it is written. Alternatives
 * are separated by bars
 * (https://cran.r-project.org/doc/manuals/R-exts.html#Licensing).
 */
export function readLicense(written: string): string {
  const text = written.replaceAll(/\s+/g, ' ').trim();
  const alternatives = text.split('|', mostAlternatives).map((one) => expressionOf(one.trim()));
  return alternatives.every((one) => one !== undefined) ? alternativeLicenses(alternatives) : text;
}

const mostAlternatives = 20;

function expressionOf(text: string): string | undefined {
  const name = text.replace(withFile, '');
  const [, family, relation, major, minor = '0'] = gnu.exec(name) ?? [];
  if (family === undefined || major === undefined) return names.get(name) ?? spdxLicense(name);
  return spdxLicense(`${family}-${major}.${minor}-${relation === '>=' ? 'or-later' : 'only'}`);
}
