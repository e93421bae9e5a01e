export { type Builder, builderOf } from './builder-of';
export type {
  AdvisoryNamespace,
  Distribution,
  EndOfSupport,
  RepositoryRules,
  ProductRules,
  PackagePublisher,
  VulnerabilityPage,
} from './distribution';
export { advisoryNamespaces, distributionOf, packageTypesIn, releaseOf } from './find-distribution';
export { knownReleases, standingOf } from './known-releases';
export type { OsRelease } from './os-release';
export { distributions } from './rows';
export { supportCheckedOn } from './support-checked-on';
export { thirdPartyOf } from './third-party';
