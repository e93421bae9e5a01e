export type {
  OwnVulnerability,
  OwnVulnerabilityKey,
  PackageAdvisory,
  VulnerabilityAdvisories,
  VulnerabilitySummary,
} from './vulnerability-views';
export { countVulnerabilities, defaultFeedAgeMinutes } from './context';
export { createUseCases, type UseCaseService } from './create-use-cases';
export {
  type ArchiveOptions,
  defaultUseCaseLimits,
  type ResolvedImage,
  type ResolveOptions,
  type UseCaseDependencies,
  type UseCaseLimits,
} from './dependencies';
export { isolatedReports, type IsolatedReportsDeps, type RenderElsewhere, type ReportJob } from './isolated-reports';
export { reportContent } from './rendered-report';
export type { ReportDeps } from './report-deps';
export { runReconciling } from './run-reconciling';
export { publishPending } from './publish-pending';
export type { ReconcileOptions } from './reconcile';
export { InvalidRecord, type RecordDetail } from './own-record';
export { PreconditionError, type PreconditionCode } from './precondition-error';
export type * from './report-file';
export type * from './use-cases';
export type { UndecidedImages } from './undecided-images';
export { ownKey } from './own-record';
export { completeSince } from './history/complete-from';
export type { KnownHistory } from './history/history-bounds';
export { firstIndexedAt, imageAt, indexedImage } from './history/image-at';
export { type ImagePast, type MadeTimeline, makeTimeline } from './history/make-timeline';
export { pastOfImage } from './history/past-of-image';
export { periodOfTag } from './history/resolve-image';
export { effectiveImage } from './indexed-image';
export type * from './history/history-views';
