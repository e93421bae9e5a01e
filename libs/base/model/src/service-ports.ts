import type { DeadLetter, Message } from './bus';
import type { Composition, CompositionCounts, ImageState, StoredImage } from './catalogue';
import type { ChangedVulnerability, FactChange } from './change';
import type { DetectorKey } from './contracts';
import type { Digest } from './digest';
import type { WorkItem } from './events';
import type { IndexedPackageType, PlacedFeature } from './feature';
import type {
  AffectedImage,
  Delivery,
  DeliveryState,
  Endpoint,
  Notification,
  NotificationState,
  TransitionKind,
} from './notification';
import type { Page, PageRequest } from './page';
import type { Severity } from './severity';

/** Which images. Exactly one member is set: every question is answered by an index. */
export type ImageQuery =
  | { readonly by: 'all' }
  | { readonly by: 'state'; readonly state: ImageState }
  /** A reference without tag and digest: `registry.example/team/app`. */
  | { readonly by: 'repository'; readonly repository: string }
  | { readonly by: 'composition'; readonly composition: string }
  | { readonly by: 'layer'; readonly layer: Digest };

/** What people know an image by. */
export type ImageNames = Required<Pick<StoredImage, 'manifestDigest' | 'references'>>;

/** Computes the new record from the stored one; undefined leaves things as they are. Pure: it may be called again. */
export type ImageChange = (known: StoredImage | undefined) => StoredImage | undefined;

/** Images that were submitted, and their compositions. */
export interface CatalogueStore {
  /**
   * Reads, changes and writes one image as one step. Resolves to what is stored now; rejects with what `change` throws, and
   * with `invalid-input` when it gives another image.
   */
  changeImage(manifestDigest: Digest, change: ImageChange): Promise<StoredImage | undefined>;
  /** Submitted images in the order of their digests; those that only a command line scanned are none. */
  images(query: ImageQuery, page: PageRequest): Promise<Page<StoredImage>>;
  /** Of the images of a composition, in the order of their digests, what tells of them: many at a time cost little. */
  imageNames(composition: string, page: PageRequest): Promise<Page<ImageNames>>;
  /** About how many bytes of facts `LayerStore.layer` has to read, without reading them; 0 for a layer that was never read. */
  layerBytes(diffId: Digest, detectors: readonly DetectorKey[]): Promise<number>;
  /** Layers stay. False when it was not there. */
  forgetImage(manifestDigest: Digest): Promise<boolean>;
  /** Stores a composition with its features and their index by name. Nothing happens when it is known. */
  putComposition(composition: Composition, features: readonly PlacedFeature[]): Promise<void>;
  composition(id: string): Promise<Composition | undefined>;
  /** All features of a composition in the order in which they were given; undefined for one that is not known. */
  compositionFeatures(id: string): Promise<readonly PlacedFeature[] | undefined>;
  /**
   * Replaces the counts of a composition; null: it has too many vulnerabilities to be counted. Does nothing for one that is
   * not known.
   */
  putCounts(id: string, counts: CompositionCounts | null): Promise<void>;
  /** Those that were put; a composition that was never counted is left out. */
  counts(ids: readonly string[]): Promise<ReadonlyMap<string, CompositionCounts | null>>;
  /** Ids of compositions with at least one vulnerability of this severity, or with too many to tell, in order. */
  compositionsWith(severity: Severity, page: PageRequest): Promise<Page<string>>;
  /**
   * Compositions with a package of this type (`x`: of any own one) with this name, or one built from a source package
   * of this name, in the order of their ids.
   */
  compositionsWithPackage(
    type: IndexedPackageType,
    name: string,
    after?: string,
  ): AsyncIterable<CompositionWithPackage>;
}

/** A composition that was found by a name. */
export interface CompositionWithPackage {
  readonly composition: Composition;
  /**
   * Exactly the packages that it was found by, some thousand at most at a time: an image may have 100,000 of one source. They
   * are read when they are asked for, each time again; none of a composition that is forgotten meanwhile.
   */
  readonly pieces: () => AsyncIterable<readonly PlacedFeature[]>;
}

/** Changes of facts that have to be published: written with the facts (`FeedWriter.putChange`), read by the notifier. */
export interface ChangeStore {
  /** What updates changed and is not published yet, oldest first; at most `limit`. */
  pendingChanges(limit: number): Promise<readonly ChangedVulnerability[]>;
  /** They are on the bus now. The changes themselves stay. */
  markPublished(changed: readonly ChangedVulnerability[]): Promise<void>;
  /**
   * All changes of one update about one vulnerability: those of statements in the order of namespace, package, feed and
   * document, those of texts in the order of feeds.
   */
  changes(changed: ChangedVulnerability): AsyncIterable<FactChange>;
  /** Forgets published changes of updates with ids below `before`. */
  forgetChanges(before: string): Promise<void>;
}

export interface NotificationStore {
  /** Stores a notification and its pages of images. Once it is there, doing it again does nothing. */
  putNotification(notification: Notification, pages: AsyncIterable<readonly AffectedImage[]>): Promise<void>;
  notification(id: string): Promise<Notification | undefined>;
  /** Newest first; `after` is an id. */
  notifications(query: { readonly state?: NotificationState }, page: PageRequest): Promise<Page<Notification>>;
  /** Does nothing when it is not there. */
  setNotificationState(id: string, state: NotificationState): Promise<void>;
  /** Images of a notification, of one transition or of all, in the order in which they were stored. */
  affectedImages(
    id: string,
    query: { readonly transition?: TransitionKind },
    page: PageRequest,
  ): Promise<Page<AffectedImage>>;
  /** Forgets notifications with ids below `before`, only those in one of `states` if given, and their images and deliveries. */
  forgetNotifications(before: string, states?: readonly NotificationState[]): Promise<void>;

  putEndpoint(endpoint: Endpoint): Promise<void>;
  endpoint(id: string): Promise<Endpoint | undefined>;
  endpoints(): Promise<readonly Endpoint[]>;
  /** Also forgets its deliveries. False when it was not there. */
  removeEndpoint(id: string): Promise<boolean>;

  /** Stores deliveries that are not there yet; those that are stay as they are. None to an endpoint that is not there. */
  addDeliveries(deliveries: readonly Delivery[]): Promise<void>;
  /**
   * Claims up to `limit` pending deliveries of an endpoint that are due at `now` and claimed by nobody, until `until`
   * (RFC 3339), oldest due first. No two callers get the same one.
   */
  claimDeliveries(
    endpoint: string,
    options: { readonly now: string; readonly until: string; readonly limit: number },
  ): Promise<readonly Delivery[]>;
  /** Replaces a delivery, and so ends its claim. Does nothing when it is not there: its endpoint may be removed. */
  putDelivery(delivery: Delivery): Promise<void>;
  /** Of a notification by endpoint; of an endpoint from the oldest on, made `since` (inclusive), then by notification. */
  deliveries(
    query:
      | { readonly notification: string }
      | { readonly endpoint: string; readonly state?: DeliveryState; readonly since?: string },
    page: PageRequest,
  ): Promise<Page<Delivery>>;
  /** The earliest time at which any delivery can be claimed: when it is due, or when the claim of it ends, if that is later. */
  nextDelivery(): Promise<string | undefined>;
}

/** Work that could not be done, kept until it is replayed or dropped. */
export interface DeadLetterStore {
  putDeadLetter(letter: DeadLetter): Promise<void>;
  deadLetter(id: string): Promise<DeadLetter | undefined>;
  /** In the order of their ids. */
  deadLetters(page: PageRequest): Promise<Page<DeadLetter>>;
  removeDeadLetter(id: string): Promise<boolean>;
}

/** Where a bus without a server keeps the work that it has taken: it outlives the process. */
export interface WorkJournal {
  /** Keeps work until it is forgotten; what is kept already stays as it is. */
  keepWork(messages: readonly Message<WorkItem>[]): Promise<void>;
  /** Work is done, or is a dead letter. By `eventId`. */
  forgetWork(ids: readonly string[]): Promise<void>;
  keptWork(): AsyncIterable<Message<WorkItem>>;
}

/** The right of one process to do something that must not be done twice at once; ends by itself when it dies. */
export interface LeaseStore {
  /** Takes or prolongs the lease of `name`; false while another owner's has not ended. */
  lease(name: string, owner: string, options: { readonly now: string; readonly until: string }): Promise<boolean>;
  /** Ends it, if `owner` has it. */
  endLease(name: string, owner: string): Promise<void>;
}
