export type {
  OwnVulnerability,
  OwnVulnerabilityKey,
  PackageStatement,
  VulnerabilityStatements,
  VulnerabilitySummary,
} from './advice';
export {
  defaultUseCaseLimits,
  type ResolvedImage,
  type ResolveOptions,
  type UseCaseDependencies,
  type UseCaseLimits,
} from './dependencies';
export { Refusal, type RefusalCode } from './refusal';
export type * from './use-cases';
