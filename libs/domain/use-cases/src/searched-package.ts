import {
  comparedName,
  ecosystemNamed,
  indexedPackageType,
  indexedPackageTypes,
  parsePackageUrl,
} from '@clarion/ecosystems';
import { ClarionError, type IndexedPackageType } from '@clarion/model';

/**
 * The names, by type, under which a package is indexed that is searched by name or package URL; the URL decides the
 * type. Throws `invalid-input` for what would find nothing whatever is installed.
 */
export function searchedPackage(text: string): readonly (readonly [IndexedPackageType, string])[] {
  if (text.startsWith('pkg:')) return [namedByUrl(text)];
  const [first = '', ...rest] = text.split('/');
  const row = rest.length === 0 ? undefined : ecosystemNamed(first);
  // Where names need a vendor (`vendor/name`), it may be called like the ecosystem.
  if (row !== undefined && !(row.purlNeedsNamespace === true && row.purlSeparator === undefined)) {
    throw new ClarionError('invalid-input', `${quoted(text)} is not the name of a package`, {
      remedy: `write ${rest.join('/').slice(0, 100)}, or the package URL pkg:${row.purlType ?? row.type}/${rest.join('/').slice(0, 100)}`,
    });
  }
  return indexedPackageTypes.map((type) => [type, comparedName(type, text)] as const);
}

function namedByUrl(url: string): readonly [IndexedPackageType, string] {
  const named = parsePackageUrl(url);
  if (named === undefined) {
    throw new ClarionError('invalid-input', `${quoted(url)} is not a package URL of a type that images have`, {
      remedy: 'write it like pkg:npm/lodash, or the name of the package alone',
    });
  }
  if (named.version !== undefined) {
    throw new ClarionError('invalid-input', 'Images are searched by packages of any version', {
      remedy: `leave out @${named.version.slice(0, 100)}`,
    });
  }
  return [indexedPackageType(named.type), comparedName(named.type, named.name)];
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
