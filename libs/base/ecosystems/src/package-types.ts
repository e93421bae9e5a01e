import { type IndexedPackageType, isOwnName, ownNameRule, type PackageType, sortedTexts } from '@clarion/model';
import { ecosystemOf } from './find-ecosystem';
import { ecosystems } from './rows';

/** Every known type of packages, sorted. */
export const packageTypes: readonly PackageType[] = sortedTexts(ecosystems.map(({ type }) => type));

/** The known types of packages that belong to a distribution. */
const knownDistributionTypes = packageTypes.filter((type) => ecosystemOf(type)?.namespace === undefined);

const ruleOf = (types: readonly PackageType[]): string =>
  `kinds are ${types.join(', ')} and those of your own, ${ownNameRule}`;

/** Which types of packages are valid, for messages. */
export const packageTypeRule = ruleOf(packageTypes);

/** Which types the packages of a distribution may have, for messages. */
export const distributionTypeRule = ruleOf(knownDistributionTypes);

/** The type that a text names; undefined for an unknown one, of which `packageTypeRule` says what is valid. */
export function parsePackageType(text: string): PackageType | undefined {
  return isOwnName(text) || ecosystemOf(text) !== undefined ? text : undefined;
}

/** The same for the type of the packages of a distribution, of which `distributionTypeRule` says what is valid. */
export function parseDistributionType(text: string): PackageType | undefined {
  return isOwnName(text) || knownDistributionTypes.includes(text) ? text : undefined;
}

/** All user-defined types share one index. */
const userDefined: IndexedPackageType = 'x';

/** The type under which stores index packages of a type. */
export function indexedPackageType(type: PackageType): IndexedPackageType {
  return isOwnName(type) ? userDefined : type;
}

/** The types of packages that belong to a distribution, under which stores index them. */
export const distributionTypes: readonly IndexedPackageType[] = [...knownDistributionTypes, userDefined];

/** Every type under which stores index packages. */
export const indexedPackageTypes: readonly IndexedPackageType[] = [...packageTypes, userDefined];
