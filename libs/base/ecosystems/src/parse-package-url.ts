import { ecosystems } from './rows';

/** A package of any version, as a package URL names it. */
export interface NamedPackage {
  /** The type of packages in reports. */
  readonly type: string;
  readonly name: string;
  /** Where the URL has one. */
  readonly version?: string;
}

/**
 * Type and name of a package URL (https://github.com/package-url/purl-spec): `pkg:npm/%40types/node`. Qualifiers and the
 * distribution are left out. Undefined for any other text, and for types that no report has.
 */
export function parsePackageUrl(text: string): NamedPackage | undefined {
  const [, purlType = '', path = ''] = /^pkg:\/{0,2}([A-Za-z0-9.+-]{1,64})\/([^?#]+)/.exec(text) ?? [];
  const row = ecosystems.find((one) => (one.purlType ?? one.type) === purlType.toLowerCase());
  const at = path.lastIndexOf('@');
  const hasVersion = at > Math.max(path.lastIndexOf('/'), 0);
  try {
    const parts = (hasVersion ? path.slice(0, at) : path).split('/').filter((part) => part !== '');
    const segments = parts.map(decodeURIComponent);
    const last = segments.at(-1);
    if (row === undefined || last === undefined) return undefined;
    const name = row.namespace === undefined ? last : segments.join(row.purlSeparator ?? '/');
    return { type: row.type, name, ...(hasVersion ? { version: decodeURIComponent(path.slice(at + 1)) } : {}) };
  } catch {
    return undefined;
  }
}
