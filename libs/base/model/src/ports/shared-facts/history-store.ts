import type { AdvisoryChange, FactChange, GroupChange, RepositoryChange, TextChange } from '../../change';
import type { FeedRevision } from '../../feed-revision';
import type { Page, PageRequest } from '../../page';

/**
 * The log of changes, by what they are about. It is written with the facts (`FeedWriter.putChange`) and kept until
 * `ChangeStore.forgetChanges`. An iteration yields what one feed changed about one package, repository or vulnerability
 * in the order of the updates, each commit whole or not at all. For facts of the
 * past, read those of today first: then a commit in the meantime does no harm. Check `historyFrom` at the end.
 */
export interface HistoryStore {
  /** The revisions of a feed, newest first; `after` is an update. */
  revisions(feed: string, page: PageRequest): Promise<Page<FeedRevision>>;
  /**
   * The revision of each feed that was the current one at a time (RFC 3339), the newest with `at` not after it; feeds
   * without one then are left out.
   */
  revisionsAt(time: string): Promise<readonly RevisionAt[]>;
  /** Those of these revisions that exist, in any order: rows of the log with another update were never visible. */
  revisionTimes(updates: readonly (readonly [feed: string, update: string])[]): Promise<readonly RevisionTime[]>;
  /** The newest revision of each feed with `first`: nothing is known of the feed before it. */
  horizons(): Promise<readonly RevisionTime[]>;
  /** The feeds whose facts and history `StoreMaintenance.prune` removed, as long as the history goes back to that. */
  removedFeeds(): Promise<readonly RemovedFeed[]>;
  /**
   * RFC 3339: the log is complete from then on, the time of the latest revision whose changes were deleted; undefined
   * while nothing was forgotten. Never goes back.
   */
  historyFrom(): Promise<string | undefined>;
  /** What the log takes, with its indexes and revisions. */
  historySize(): Promise<HistorySize>;
  /**
   * Changes of advisories about packages, and of the groups that these are in. With `firstOnly`, later changes of the
   * same group, or of the same vulnerability in it, may be left out.
   */
  packageChanges(
    names: readonly (readonly [namespace: string, name: string])[],
    since: ChangesSince,
    options?: { readonly firstOnly?: true },
  ): AsyncIterable<AdvisoryChange | GroupChange>;
  /** Groups of a namespace that appeared or were removed, or are compared in another way. */
  groupChanges(namespace: string, since: ChangesSince): AsyncIterable<GroupChange>;
  /**
   * Changes of the records of vulnerabilities. With `firstOnly`, only `before` of the first one of each record counts:
   * later ones may be left out, and the first may be a later one with the same `before`, or one that changed nothing.
   * With `withoutSilent`, silent ones may be left out.
   */
  textChanges(
    ids: readonly string[],
    since: ChangesSince,
    options?: { readonly firstOnly?: true; readonly withoutSilent?: true },
  ): AsyncIterable<TextChange>;
  /** Changes of the data about repositories. */
  repositoryChanges(names: readonly string[], since: ChangesSince): AsyncIterable<RepositoryChange>;
  /**
   * What some updates changed, by the keys that facts are read by; undefined where they changed more than `limit` things
   * other than scores. Everything else is as it was before them, if `historyFrom` is not behind them afterwards. Something
   * that did not change may be named as well.
   */
  changedFacts(
    updates: readonly (readonly [feed: string, update: string])[],
    limit: number,
  ): Promise<ChangedFacts | undefined>;
  /** Everything that feeds changed about a vulnerability: advisories for any package, and records. */
  vulnerabilityChanges(id: string, since?: ChangesSince): AsyncIterable<FactChange>;
}

/** The last update of each feed that is not of interest; all changes of feeds that are not in it. */
export type ChangesSince = ReadonlyMap<string, string>;

/** What updates changed; a name may be in it more than once. */
export interface ChangedFacts {
  /** With other advisories, or other groups. */
  readonly packages: readonly (readonly [namespace: string, name: string])[];
  /** Namespaces with other names of packages. */
  readonly namespaces: readonly string[];
  /** Vulnerabilities with other records. */
  readonly vulnerabilities: readonly string[];
  readonly repositories: readonly string[];
  /** Whether scores of vulnerabilities changed that are not named: nearly all change together. */
  readonly scores: boolean;
}

/** The size of the log of changes. */
export interface HistorySize {
  readonly changes: number;
  /** About: keys and values, without free space. */
  readonly bytes: number;
}

/** When a revision was committed. */
export type RevisionTime = Pick<FeedRevision, 'feed' | 'update' | 'at'>;

/** A feed that was loaded for some time, of which nothing is stored any more. */
export interface RemovedFeed {
  readonly feed: string;
  /** RFC 3339: its facts were known from then on, as far as the history went back. */
  readonly since: string;
  /** RFC 3339: when it was removed. */
  readonly until: string;
  /** The namespaces that it had data about at last; none for a feed about vulnerabilities only. */
  readonly namespaces: readonly string[];
}

/** A revision that was the current one at a time. */
export interface RevisionAt extends FeedRevision {
  /** The revision after it; null for the newest one. */
  readonly next: (RevisionTime & Pick<FeedRevision, 'previousSuccess'>) | null;
}
