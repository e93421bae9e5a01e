import type { ValueDocument } from './value-document';

/**
 * A row of the log of changes. Its `_id` begins with the update. It counts once the revision of its feed that wrote it
 * is valid (`revisions.ts`).
 */
interface LogDocument extends ValueDocument {
  /**
   * As a key. Rows that older versions wrote, and old ones that still wait for being published, have no feed and count
   * always, but are no part of the history.
   */
  readonly feed?: string;
  readonly rev?: number;
}

/** A change of advisories, by update, vulnerability, namespace, package, feed and document. */
export interface AdvisoryChangeDocument extends LogDocument {
  /** Key of namespace and package. */
  readonly name?: string;
  readonly vulnerability?: string;
  /** Not to be published. */
  readonly silent?: true;
}

/** A change of the record of a vulnerability, by update, vulnerability and feed. */
export interface TextChangeDocument extends LogDocument {
  readonly vulnerability?: string;
  readonly silent?: true;
}

/** A change of a group, by update, namespace, package, feed and document. */
export interface GroupChangeDocument extends LogDocument {
  /** Key of namespace and package. */
  readonly name: string;
  readonly namespace: string;
}

/** A change of the products of a repository, by update, repository and feed. */
export interface RepositoryChangeDocument extends LogDocument {
  readonly repository: string;
}

/** Changes of up to a hundred scores, by update, bucket, feed and number. */
export interface ScoreChangeDocument extends LogDocument {
  readonly bucket: string;
}

/** A revision of a feed in its history, by feed and update. It counts as rows of the log do. */
export interface FeedRevisionDocument extends ValueDocument {
  /** As a key. */
  readonly feed: string;
  /** The feed. */
  readonly name: string;
  readonly rev: number;
  readonly update: string;
  /** Milliseconds since 1970 from which on it counts (`commitTimes`). */
  readonly at: number;
  /** The same, RFC 3339 as it was given. */
  readonly time: string;
  /** RFC 3339: what the clock of its writer said, where that is another time. */
  readonly clock?: string;
  readonly changes: number;
  /** RFC 3339. */
  readonly previousSuccess?: string;
  /** Key of the feed, where nothing is known of it before. */
  readonly first?: string;
}

/** Documents of the log and of revisions, by their collections. */
export interface LogDocuments {
  readonly changes: AdvisoryChangeDocument;
  readonly textChanges: TextChangeDocument;
  readonly groupChanges: GroupChangeDocument;
  readonly repositoryChanges: RepositoryChangeDocument;
  readonly scoreChanges: ScoreChangeDocument;
}

export type LogCollection = keyof LogDocuments;
