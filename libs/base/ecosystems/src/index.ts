export { cpeOf } from './cpe-of';
export { ecosystemNamed } from './ecosystem-named';
export { parsePackageUrl, type NamedPackage } from './parse-package-url';
export { isLockFile } from './is-lock-file';
export { ecosystemOfManifest, ReadProjects } from './read-projects';
export type { Ecosystem, PartialNames, ReadSigns } from './ecosystem';
export { ecosystemOf, ecosystemOfNamespace, namespaceOfType } from './find-ecosystem';
export { javaArchives } from './java-archives';
export {
  decodeLinkedFunctions,
  encodeLinkedFunctions,
  encodeUnknownFunctions,
  FunctionCollector,
} from './linked-functions';
export type { GoPlatform, LinkedFunctions } from './linked-functions';
export { comparedName, comparedNameIn, indexedNames } from './package-names';
export {
  distributionTypeRule,
  distributionTypes,
  indexedPackageType,
  indexedPackageTypes,
  packageTypeRule,
  packageTypes,
  parseDistributionType,
  parsePackageType,
} from './package-types';
export { namespaceOfPackage, programNamespace } from './program-namespaces';
export { ecosystems } from './rows';
export { pharType } from './rows/composer';
export { type RuntimeLayout, runtimeLayouts } from './runtime-layouts';
export { type Runtime, runtimeOf, runtimes } from './runtimes';
