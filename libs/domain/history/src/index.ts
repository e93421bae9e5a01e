export { intervalDeadline } from './deadlines/interval-deadline';
export type { DeadlineInterval, DeadlineMoment } from './deadlines/interval-deadline';
export { suspendedIntervals } from './deadlines/suspended-intervals';
export { factsAt } from './facts-at';
export type { FactsAt, HistoryReader } from './facts-at';
export { feedsKnownSince, historiesBegin, knownSince } from './known-since';
export type { KnownSubject } from './known-since';
export { keptSince, requireKeptFeeds } from './removed-feeds';
export { requireHistory, revisionsAt } from './revisions-at';
export type { KnownFeedsAt } from './revisions-at';
export type { FeedPeriod, Period } from './timeline/feed-periods';
export type { FindingInterval, FindingStep } from './timeline/finding-history';
export { imageTimeline } from './timeline/image-timeline';
export type { ImageTimeline } from './timeline/image-timeline';
export type { SubjectPeriod } from './timeline/subject-periods';
export type { StepCause, TimelineStep } from './timeline/timeline-step';
export { compareFindings } from './compare-findings';
export type { FindingPair } from './compare-findings';
export type { ComparedFinding } from './compared-finding';
export { countPairs, differenceOf, reportedSide } from './comparison';
export type {
  ComparedImage,
  Comparison,
  ComparisonSummary,
  FindingDifference,
  ReportedSide,
  SideCoverage,
} from './comparison';
export { applyPolicyToWorse } from './worse-findings';
export { packageView } from './package-view';
export type { PackageView } from './package-view';
export { withKnownTimes } from './known-times';
export type { KnownTimes } from './known-times';
export { findingsAt, noFindings, summarizeSteps } from './step-summary';
export type { FindingCounts, StepSummary } from './step-summary';
export { vulnerabilitySince } from './vulnerability-since';
export type { CurrentSubject, VulnerabilitySince } from './vulnerability-since';
export { vulnerabilityTimeline } from './vulnerability-timeline';
export type { VulnerabilityPosition, VulnerabilityStep } from './vulnerability-timeline';
export { beginningOf, splitTime, timeFault, timeOf } from './time-of';
