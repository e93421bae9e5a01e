export { filterFindings, isUnfixed } from './filter-findings';
export type { DisplayFilter } from './filter-findings';
export { applyPolicy } from './apply-policy';
export type { PolicyResult, Policy, Unrated } from './apply-policy';
export { unreadReason } from './unread-reason';
