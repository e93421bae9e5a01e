import type { ComparisonSummary, FindingDifference, SideCoverage, StepSummary } from '@clarion/history';
import type { Digest, FindingChange, Page, ReportGap } from '@clarion/model';
import type { DeadlinePolicy } from '@clarion/policy';
import type { DeadlineCounts, FindingTimeline } from './history-views';

/** A request about the past of images, as another process can take it. */
export type HistoryPart = { readonly timeline: TimelinePart } | { readonly compare: ComparePart };

/** Which part of the time line of an image. Times are in the form of stores. */
export interface TimelinePart {
  /** The first time of which anything is known. */
  readonly earliest: string;
  readonly from: string;
  readonly to: string;
  /** Position and length of a page of findings; none of them unless given. */
  readonly page?: { readonly at: number; readonly limit: number };
  /** Absent: without deadlines. */
  readonly deadlines?: DeadlinePolicy;
}

export interface TimelineAnswer extends Page<FindingTimeline> {
  /** Why a report of the end of the period is not complete. */
  readonly incomplete: readonly ReportGap[];
  /** Within the period; the newest ones. */
  readonly steps: readonly StepSummary[];
  readonly deadlines?: DeadlineCounts;
}

export interface SidePart {
  readonly digest: Digest;
  /** In the form of stores; absent: now. */
  readonly at?: string;
}

export interface ComparePart {
  readonly a: SidePart;
  readonly b: SidePart;
  readonly base?: Digest;
  readonly change?: FindingChange;
  readonly page: { readonly at: number; readonly limit: number };
}

export interface CompareAnswer extends Page<FindingDifference> {
  readonly summary: ComparisonSummary;
  readonly a: SideCoverage;
  readonly b: SideCoverage;
}
