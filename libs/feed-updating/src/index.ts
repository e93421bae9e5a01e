export { diffAdvisories } from './diff-advisories';
export type { AdvisoriesChanged, DocumentOutcome, FeedEvent, FeedFinished, Written } from './events';
export { updateFeed, type UpdateDependencies } from './update-feed';
export type { OpenScratch, ScratchFile } from './scratch';
export { dueUpdates, nextUpdate, type ScheduleOptions } from './schedule';
export { changesByVulnerability } from './record-changes';
export { type FeedWorkDeps, updateFeedOnDemand } from './update-work';
export { runScheduler, type SchedulerDeps } from './run-scheduler';
