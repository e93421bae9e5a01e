import type {
  Comparison,
  FindingCounts,
  FindingInterval,
  FindingStep,
  KnownTimes,
  PackageView,
  StepSummary,
  VulnerabilitySince,
  VulnerabilityStep,
} from '@clarion/history';
import type {
  Advisory,
  AdvisoryGroup,
  Digest,
  FeedRevision,
  FindingChange,
  Page,
  PageRequest,
  ReportGap,
} from '@clarion/model';
import type { DeadlineState, FindingDeadline } from '@clarion/policy';
import type { RenderOptions } from '../report-file';
import type { KnownHistory } from './history-bounds';

/** A finding of an image from when it appeared until it was gone. */
export interface FindingTimeline
  extends Omit<FindingInterval, 'package' | 'steps' | 'ended' | 'published'>, KnownTimes {
  readonly package: PackageView;
  /** Why it is gone; null while it is there. */
  readonly ended: Pick<FindingStep, 'at' | 'cause'> | null;
  readonly steps: readonly FindingStep[];
  /** By when it must be gone, or had to be, as known at the end of the period; absent where no rule is about it. */
  readonly deadline?: FindingDeadline;
}

/** Findings that are there at the end of a period and have a deadline, by its state. */
export type DeadlineCounts = Readonly<Record<DeadlineState, number>>;

export interface ImageTimelineView extends KnownHistory, Page<FindingTimeline> {
  readonly digest: Digest;
  readonly from: string;
  readonly to: string;
  /**
   * From then on all feeds about the image are known, and the log is complete; the time line says less of what was
   * before. It is `from` where that is so all the time.
   */
  readonly completeFrom: string;
  /**
   * Why findings may be missing, as of the end of the period: the words of `incomplete` of images. Empty: a report of
   * that time is complete.
   */
  readonly incomplete: readonly ReportGap[];
  /** When the image was first indexed; null where that is not known. */
  readonly indexedAt: string | null;
  /** What changed at which time, oldest first, at most the newest thousand; only on the first page. */
  readonly steps?: readonly StepSummary[];
  /** Absent where no deadlines are configured. */
  readonly deadlines?: DeadlineCounts;
}

/** A time in which a tag named an image, newest first. */
export interface TagPeriodView {
  readonly digest: Digest;
  readonly from: string;
  readonly until: string | null;
  /** The difference to the image before it, at that time; null for the first one, or where either is not known. */
  readonly difference: { readonly added: FindingCounts; readonly gone: FindingCounts } | null;
  /** What changed in the data about it while the tag named it; null where that is not known: see `missing`. */
  readonly steps: readonly StepSummary[] | null;
  /** As in the time line of the image; null where nothing is known. */
  readonly completeFrom: string | null;
  readonly incomplete: readonly ReportGap[] | null;
  /** Why nothing is known of that time; null where something is. */
  readonly missing: MissingPast | null;
}

/**
 * Why nothing is known of an image in a time: it was deleted, it is not indexed, a feed about it was not loaded, or the
 * log was pruned.
 */
export type MissingPast = 'not-found' | 'not-indexed' | 'no-data' | 'history-pruned';

export interface TagTimelineView extends KnownHistory, Page<TagPeriodView> {
  readonly repository: string;
  readonly tag: string;
}

export interface VulnerabilityTimelineView extends KnownHistory, Page<VulnerabilityStep> {
  /** The CVE of the flaw, if it has one, whichever alias was asked for. */
  readonly id: string;
  /** All ids that are known to be this flaw now, by which feeds name it. */
  readonly ids: readonly string[];
  /** Feeds that are on and were never loaded: what they say is not known. */
  readonly neverLoaded: readonly string[];
  /** Since when feeds have it, by feed and id; only on the first page. */
  readonly since?: readonly VulnerabilitySince[];
}

export interface RevisionView extends Pick<FeedRevision, 'update' | 'at' | 'changes' | 'by'> {
  /** As in `coverage.feeds` of reports. */
  readonly revision: string | null;
  /** Nothing is known of the feed before it. */
  readonly first: boolean;
  readonly updatedAt: string | null;
}

export interface RevisionPage extends Page<RevisionView> {
  readonly feed: string;
}

export interface TimelineOptions extends RenderOptions {
  /** RFC 3339; all that is known unless stated. */
  readonly from?: string;
  readonly to?: string;
}

/** The last updates of the feeds that have advisories, or of those that only describe vulnerabilities. */
export interface UpdatesRequest {
  readonly of: 'advisories' | 'enrichments';
  /** Of each feed. */
  readonly limit: number;
}

/** Updates of a feed that changed it, newest first. */
export interface FeedUpdates {
  readonly feed: string;
  readonly updates: readonly Pick<RevisionView, 'update' | 'at' | 'revision'>[];
}

/** Two updates of one feed, the earlier one first. */
export interface DifferenceRequest {
  readonly from: string;
  readonly to: string;
}

/** What a feed says of one vulnerability of a package. */
export interface ChangedAdvisory extends Pick<AdvisoryGroup, 'namespace' | 'package' | 'nameKind'> {
  readonly advisory: Advisory;
}

/** Advisories that only the later, or only the earlier, of two updates has. */
export interface UpdateDifference {
  readonly feed: string;
  readonly added: readonly ChangedAdvisory[];
  readonly removed: readonly ChangedAdvisory[];
}

/** Images or tags, each with a time: `REF[@TIME]`. */
export interface CompareRequest {
  readonly a: string;
  readonly b: string;
  /** The base image of both, for `place`. */
  readonly base?: string;
  readonly change?: FindingChange;
}

/** What was known when. All times are RFC 3339; a time in the future, or not a time, is `invalid-input`. */
export interface HistoryUseCases {
  /**
   * Every finding that an image ever had in a period. Throws `not-found`, `history-pruned`, `limit-exceeded`,
   * `PreconditionError` `not-indexed`, `queue-full` while too many of these answers are made (of all that are
   * computed for a caller) and, for a large image, what `ImageUseCases.report` does.
   */
  imageTimeline(digest: Digest, options: TimelineOptions, page: PageRequest): Promise<ImageTimelineView>;
  /** The images of a tag, and how what is known of each changed. Throws `not-found`, and what `imageTimeline` does. */
  tagTimeline(
    tag: { readonly repository: string; readonly tag: string },
    page: PageRequest,
    options?: RenderOptions,
  ): Promise<TagTimelineView>;
  /**
   * What feeds changed about a vulnerability, newest first. Throws `not-found` for one that no feed has or had, and
   * `no-data` while no feed was ever loaded, and `queue-full`.
   */
  vulnerabilityTimeline(id: string, page: PageRequest, options?: RenderOptions): Promise<VulnerabilityTimelineView>;
  /** The findings of two images, tags or times. Throws what `imageTimeline` does, and `no-data`. */
  compare(request: CompareRequest, page: PageRequest, options?: RenderOptions): Promise<Comparison>;
  /** The last commits of all feeds of a kind; feeds without any are left out. */
  updates(request: UpdatesRequest): Promise<readonly FeedUpdates[]>;
  /**
   * What changed from one update of a feed to a later one. Throws `not-found`, `history-pruned`, `invalid-input` for updates of two
   * feeds, and `limit-exceeded` where more changed than is listed, or the log does not say what.
   */
  difference(request: DifferenceRequest): Promise<UpdateDifference>;
  /** The commits of a feed, newest first; `withNames`: with who made them (`by`). Throws `not-found`. */
  revisions(feed: string, page: PageRequest, options?: { readonly withNames?: boolean }): Promise<RevisionPage>;
}
