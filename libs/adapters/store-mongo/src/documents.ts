import type {
  DeliveryState,
  ImageState,
  NotificationState,
  RemovedFeed,
  Severity,
  CompositionCounts,
} from '@clarion/model';

import type { FeedRevisionDocument, LogDocuments } from './log-documents';
import type { ValueDocument } from './value-document';

/** One further page of a long value; `_id` is the value's `g` and a number. */
export interface PageDocument {
  readonly _id: string;
  readonly v: Uint8Array;
  readonly collection: string;
  readonly owner: string;
  /** Milliseconds since 1970 when it was written: `prune` removes a page whose value was never written. */
  readonly at: number;
}

/** Structure and problems of a layer, by diffID. */
export interface LayerDocument extends ValueDocument {
  readonly blobs: readonly string[];
  /** Day since 1970 of the last use. */
  readonly used: number;
}

/** The layer in a blob, by the blob's digest. */
export interface BlobDocument {
  readonly _id: string;
  readonly layer: string;
}

export interface ImageDocument extends ValueDocument {
  /** Incremented by every write: a change based on an older revision is discarded. */
  readonly revision: number;
  /** Day since 1970 of the last use. */
  readonly used: number;
  /**
   * Digests of layers to keep: the layers of the image and, while it is not indexed, those that it declares; also
   * layers and compositions that it was indexed as before.
   */
  readonly layers: readonly string[];
  /** Only for submitted images: others are not listed. */
  readonly submitted?: true;
  readonly state?: ImageState;
  readonly repositories?: readonly string[];
  readonly composition?: string;
  readonly submittedLayers?: readonly string[];
}

export interface CompositionDocument extends ValueDocument {
  /** The valid attempt to write its features. */
  readonly attempt: string;
  /** Day since 1970 on which it was last put. */
  readonly stored: number;
  /** Null when there was too much to count. */
  readonly counts?: CompositionCounts | null;
  /** Those with a count above zero; all severities without a count. */
  readonly severities?: readonly Severity[];
  /** When deadlines are checked next, in the sortable form; absent: not planned. */
  readonly checkAt?: string;
  /** How often that was planned. */
  readonly checkPlan?: number;
}

/** Some features of a composition with their positions in it, by composition, attempt and number. */
export interface FeaturesDocument extends ValueDocument {
  /** `type`, name and `type`, source name of all of them, as keys. */
  readonly names: readonly string[];
}

/** A value that may have several revisions (`revisions.ts`): those of one key differ in the end of their `_id`. */
export interface RevisedDocument extends ValueDocument {
  /** Absent for 0. */
  readonly rev?: number;
  /** Feed and revision, as a key, of a removal: its value means nothing. */
  readonly gone?: string;
}

/** The advisories of one document of a feed about one package, by namespace, package, feed and document. */
export interface GroupDocument extends RevisedDocument {
  /** Key of namespace and package. */
  readonly name: string;
  /** Key of feed and document. */
  readonly document: string;
  readonly hash: string;
  /** The vulnerabilities, as key parts; those that do not fit are in `mentions`. */
  readonly ids: readonly string[];
  /** How many documents in `mentions` hold the others. */
  readonly mentions?: number;
  /** Namespace, package, feed and document, where the `_id` could not keep them readable. */
  readonly key?: readonly string[];
}

/** More vulnerabilities of a large group, by the group's `_id` and a number. */
export interface MentionsDocument {
  readonly _id: string;
  readonly ids: readonly string[];
  /** Namespace and package. */
  readonly key: readonly [string, string];
}

/** The record of one feed about a vulnerability, by id and feed. */
export interface TextDocument extends RevisedDocument {
  /** The id as a key part. */
  readonly id: string;
  readonly feed: string;
}

/**
 * Scores of up to a hundred vulnerabilities whose ids differ only in the last two characters, by the common prefix and
 * feed.
 */
export interface ScoreDocument extends RevisedDocument {
  readonly bucket: string;
  readonly feed: string;
}

/** Products of a repository, by repository and feed. */
export interface RepositoryDocument extends RevisedDocument {
  readonly repository: string;
  readonly feed: string;
}

/** The right to write a feed. */
export interface FeedLease {
  readonly token: string;
  readonly host: string;
  readonly process: number;
  /** RFC 3339. */
  readonly since: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** The state of a feed, by feed. */
export interface StateDocument extends RevisedDocument {
  readonly feed: string;
}

/** Lease and redo log of a feed. */
export interface FeedDocument {
  readonly _id: string;
  readonly lease?: FeedLease;
  /** The feed's id, because it cannot always be derived from the key. */
  readonly name?: string;
  /** An update that has begun to write its revision and may be incomplete: its operations are in `staging`. */
  readonly redo?: string;
  /** The revision that it writes; absent where a Clarion before format 2 has declared it. */
  readonly rev?: number;
}

/** A part of a batch of staged operations, by feed, update, batch and part. */
export interface StagingDocument {
  readonly _id: string;
  readonly v: Uint8Array;
  /** The batch has no more parts. */
  readonly last: boolean;
}

/** An (update, vulnerability) to publish. */
export interface ChangedDocument {
  readonly _id: string;
  readonly update: string;
  readonly vulnerability: string;
  /** Whether it is published, under its stored name. */
  readonly told: boolean;
}

export interface NotificationDocument extends ValueDocument {
  readonly state: NotificationState;
  /** The valid attempt to write its images. */
  readonly attempt: string;
}

/** Up to a hundred affected images, by notification, attempt and number. */
export interface AffectedDocument extends ValueDocument {
  /** Keys of notification, attempt and transition of all of them. */
  readonly transitions: readonly string[];
}

export interface DeliveryDocument extends ValueDocument {
  readonly notification: string;
  readonly endpoint: string;
  readonly state: DeliveryState;
  /** Milliseconds since 1970 from which it can be claimed. */
  readonly ready: number;
  /** RFC 3339; while a process works on it. */
  readonly claimedUntil?: string;
  /** Time when it was made, and its key: the order in which the deliveries of an endpoint are listed. */
  readonly order: string;
}

/** A part of a file that was read, by its key. */
/** A result (`ResultStore`), by its name. */
export interface ResultDocument {
  readonly _id: string;
  readonly v: Uint8Array;
  readonly digest: Uint8Array;
  /** What it takes. */
  readonly bytes: number;
  /** When it was put. */
  readonly at: Date;
}

export interface SeenFileDocument {
  readonly _id: string;
  readonly diffId: string;
  readonly blob: string;
  /** Day since 1970 of the last use. */
  readonly used: number;
}

/** What a tag names, by repository and tag. */
export interface TagDocument extends ValueDocument {
  /** Guards the next move. */
  readonly moves: number;
  /** Milliseconds since 1970. */
  readonly from: number;
}

/** An image that a tag named before, by repository, tag and number of the move, newest first. */
export interface TagPeriodDocument extends ValueDocument {
  /** Milliseconds since 1970. */
  readonly from: number;
}

/** How far recurring work has come, by its name. */
export interface ProgressDocument {
  readonly _id: string;
  readonly to: string;
}

/** A lease of anything, by its name. */
export interface LeaseDocument {
  readonly _id: string;
  /** The owner, under its stored name. */
  readonly holder: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** The valid revision of a feed. */
export interface RevisionRow {
  /** As a key. */
  readonly feed: string;
  readonly rev: number;
  /** Revisions below this one are invalid: the feed was removed. */
  readonly base: number;
  /** Revisions that never become valid: their updates were abandoned, though a slow process may still write to them. */
  readonly burned: readonly number[];
  /** The latest update with rows in the log; absent while there are none. */
  readonly update?: string;
  /** Whether some of these rows are of scores. */
  readonly scores?: true;
}

/** Data about the store itself: its format, the revisions of feeds, and how far back the history goes. */
export interface MetaDocument {
  readonly _id: string;
  /** Not of the history. */
  readonly version?: number;
  readonly feeds?: readonly RevisionRow[];
  /** The first Clarion that reads the format. */
  readonly since?: string;
  /** RFC 3339: the log of changes is complete from then on. */
  readonly from?: string;
  /** A feed that was removed. */
  readonly removed?: RemovedFeed;
}

/** The collections and their documents. */
export interface CollectionDocuments extends LogDocuments {
  readonly layers: LayerDocument;
  readonly detections: ValueDocument;
  readonly blobs: BlobDocument;
  readonly images: ImageDocument;
  readonly compositions: CompositionDocument;
  readonly features: FeaturesDocument;
  readonly advisories: GroupDocument;
  readonly mentions: MentionsDocument;
  readonly texts: TextDocument;
  readonly scores: ScoreDocument;
  readonly repositories: RepositoryDocument;
  readonly feeds: FeedDocument;
  readonly states: StateDocument;
  readonly staging: StagingDocument;
  readonly feedRevisions: FeedRevisionDocument;
  readonly changed: ChangedDocument;
  readonly notifications: NotificationDocument;
  readonly affected: AffectedDocument;
  readonly endpoints: ValueDocument;
  readonly deliveries: DeliveryDocument;
  readonly deadLetters: ValueDocument;
  readonly results: ResultDocument;
  readonly seenFiles: SeenFileDocument;
  readonly tags: TagDocument;
  readonly tagPeriods: TagPeriodDocument;
  readonly leases: LeaseDocument;
  readonly progress: ProgressDocument;
  readonly pages: PageDocument;
  readonly meta: MetaDocument;
}

export type CollectionName = keyof CollectionDocuments;
