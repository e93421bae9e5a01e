export { filterFindings, isUnfixed } from './filter-findings';
export type { DisplayFilter } from './filter-findings';
export { applyPolicy } from './apply-policy';
export type { PolicyResult, ScanPolicy, UnratedFindings } from './apply-policy';
export { unreadReason } from './unread-reason';
