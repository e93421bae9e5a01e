import { type IndexedPackageType, isOwnName, ownNameRule, type PackageType, sortedTexts } from '@clarion/model';
import { ecosystemOf } from './find-ecosystem';
import { ecosystems } from './rows';

/** Every known type of packages, sorted. */
export const packageTypes: readonly PackageType[] = sortedTexts(ecosystems.map(({ type }) => type));

/** Which types of packages are valid, for messages. */
export const packageTypeRule = `kinds are ${packageTypes.join(', ')} and those of your own, ${ownNameRule}`;

/** The type that a text names; undefined for an unknown one, of which `packageTypeRule` says what is valid. */
export function parsePackageType(text: string): PackageType | undefined {
  return isOwnName(text) || ecosystemOf(text) !== undefined ? text : undefined;
}

/** All user-defined types share one index. */
const userDefined: IndexedPackageType = 'x';

/** The type under which stores index packages of a type. */
export function indexedPackageType(type: PackageType): IndexedPackageType {
  return isOwnName(type) ? userDefined : type;
}

/** The types of packages that belong to a distribution, under which stores index them. */
export const distributionTypes: readonly IndexedPackageType[] = [
  ...ecosystems.flatMap(({ type, namespace }) => (namespace === undefined ? [type] : [])),
  userDefined,
];

/** Every type under which stores index packages. */
export const indexedPackageTypes: readonly IndexedPackageType[] = [...packageTypes, userDefined];
