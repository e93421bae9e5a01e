export { factsAt } from './facts-at';
export type { FactsAt, HistoryReader } from './facts-at';
export { requireHistory, revisionsAt } from './revisions-at';
export type { KnownFeedsAt } from './revisions-at';
