import type { Cpe } from './cpe-name';

/** Products whose updates belong to old versions of Java: `8:update345` is 1.8.0_345. */
const java: ReadonlySet<string> = new Set(['oracle:openjdk', 'oracle:jdk', 'oracle:jre']);

/** A version of CPE as the program itself writes it. */
export function versionOf({ product }: Pick<Cpe, 'product'>, version: string, update = '*'): string {
  const suffix = update === '*' || update === '-' ? '' : update;
  if (java.has(product)) return javaVersion(version, suffix);
  if (suffix === '') return version;
  // OpenSSL separates its pre-releases; others do not.
  return product === 'openssl:openssl' ? `${version}-${suffix}` : `${version}${suffix}`;
}

function javaVersion(version: string, update: string): string {
  const old = /^(?:1\.)?([5-8])(?:\.0)?$/.exec(version)?.[1];
  if (old === undefined) return update === '' ? version : `${version}-${update}`;
  const number = /^update_?(\d{1,4})$/.exec(update)?.[1];
  return number === undefined ? `1.${old}.0` : `1.${old}.0_${number}`;
}
