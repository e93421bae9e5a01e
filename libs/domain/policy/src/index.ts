export { filterFindings, isUnfixed } from './filter-findings';
export type { DisplayFilter } from './filter-findings';
export { judge } from './judge';
export type { Judgement, Policy, Unrated } from './judge';
export { unreadReason } from './unread-reason';
