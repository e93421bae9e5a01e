export { filterFindings, isUnfixed } from './filter-findings';
export type { DisplayFilter } from './filter-findings';
export { applyPolicy } from './apply-policy';
export type { PolicyResult, ScanPolicy, UnratedFindings } from './apply-policy';
export { unreadReason } from './unread-reason';
export { deadlineOf } from './deadline-of';
export type { DeadlineFacts, DeadlineState, FindingDeadline, FindingKnown } from './deadline-of';
export { deadlinePolicy, parseDeadlines } from './deadline-policy';
export type { DeadlinePolicy, DeadlineRule } from './deadline-policy';
