import type { FeedCounts, FeedLevel } from '@clarion/feed-updating';
import type {
  AffectedImage,
  CountedApart,
  EventEnvelope,
  NotificationDelivery,
  DeliveryState,
  DeadLetter,
  Digest,
  FeedState,
  LayerDescriptor,
  MissingCounts,
  Notification,
  NotificationKind,
  NotificationState,
  Page,
  PageRequest,
  Platform,
  ReportPackage,
  ReportTotals,
  SeverityCounts,
  Severity,
  StoredImage,
} from '@clarion/model';
import type { EndpointInput, EndpointReplay, EndpointView, EndpointWithSecret, TestResult } from '@clarion/notifying';
import type { HistoryUseCases } from './history/history-views';
import type { RenderedReport, RenderOptions, StoredReport } from './report-file';
import type { UndecidedImages } from './undecided-images';
import type {
  OwnVulnerability,
  OwnVulnerabilityKey,
  VulnerabilityAdvisories,
  VulnerabilitySummary,
} from './vulnerability-views';

/**
 * Everything that an API of Clarion offers. APIs check permissions; use cases do not. All of it may be called
 * concurrently.
 */
export interface UseCases {
  readonly images: ImageUseCases;
  readonly vulnerabilities: VulnerabilityUseCases;
  readonly feeds: FeedUseCases;
  readonly notifications: NotificationUseCases;
  readonly endpoints: EndpointUseCases;
  readonly deadLetters: DeadLetterUseCases;
  readonly events: EventUseCases;
  readonly history: HistoryUseCases;
}

/** Credentials for the registry of one submission; stored encrypted, and deleted when the image is indexed. */
export type RegistryCredentials =
  | { readonly username: string; readonly password: string }
  /** A bearer token for the registry itself. */
  | { readonly token: string };

/** A submission by reference. */
export interface ReferenceRequest {
  readonly kind: 'reference';
  /** A registry reference, with or without the prefix `registry:`. */
  readonly reference: string;
  /** The platform of a multi-platform image; linux/amd64 unless given. */
  readonly platform?: Platform;
  readonly credentials?: RegistryCredentials;
  /**
   * The credentials are deleted as soon as the image is indexed or has failed. Where submitting and reading are one
   * service, the key that they are sealed with is only in its memory (docs/decisions/0038).
   */
  readonly credentialsForOneJob?: boolean;
  /** For a reference by digest: a tag of its repository which, according to the caller, names this image. */
  readonly tag?: string;
  /**
   * `unless-known`: the registry is not asked for an image by digest that is indexed with the current detectors. For
   * callers who may read all images.
   */
  readonly lookUp?: 'unless-known';
}

export type SubmitRequest =
  | ReferenceRequest
  /** A manifest for which the caller gives the locations of the layers. The digest is trusted, as in the Clair APIs. */
  | {
      readonly kind: 'layers';
      readonly digest: Digest;
      readonly layers: readonly SubmittedLayer[];
      readonly platform?: Platform;
      /** A registry reference, which need not exist: names the image in reports and lists; the digest by default. */
      readonly reference?: string;
    };

export interface SubmittedLayer {
  readonly digest: Digest;
  readonly url: string;
  /** Request headers of an allow-list (`Authorization`, `Accept`, `User-Agent`, `X-Amz-*`, `X-Ms-*`, `X-Goog-*`). */
  readonly headers?: Readonly<Record<string, string>>;
  readonly diffId?: Digest;
  readonly mediaType?: string;
  readonly size?: number;
}

export interface UploadOptions {
  /** The image to read from an archive with several. */
  readonly imageName?: string;
  readonly platform?: Platform;
  /** A registry reference, which need not exist: names the image in reports and lists; the digest by default. */
  readonly reference?: string;
  /** As in `AskOptions`. */
  readonly caller?: string;
  readonly signal?: AbortSignal;
}

/** Who writes: kept with the revision (`FeedRevision.by`). */
export interface WrittenBy {
  readonly by?: string | undefined;
}

export interface AskOptions {
  /**
   * Identifies the caller (`callerOf` of authentication): work is scheduled fairly between callers. Calls without one
   * share one.
   */
  readonly caller?: string;
  readonly signal?: AbortSignal;
}

/** How long to wait for an image, and for which caller. */
export interface WaitOptions extends AskOptions {
  readonly waitMillis: number;
}

/** The result of a submission. */
export interface SubmissionResult {
  readonly digest: Digest;
  readonly state: ImageView['state'];
  /** Id of the new work, or of existing work that is done or in progress. */
  readonly submission: string;
  /** False when the image was already indexed with the current detectors, or its work is in progress. */
  readonly ordered: boolean;
  /** The caller's reference, if the image did not get it: a registry resolves its tag to another image. */
  readonly notNamed?: string;
}

/** An image as callers see it, without the source of its bytes. */
export interface ImageView {
  readonly digest: Digest;
  readonly state: 'queued' | 'indexing' | 'indexed' | 'failed';
  readonly reference: string;
  /** Submitted references that point to it now, sorted. */
  readonly references: readonly string[];
  /** References whose tags were moved to other images since, sorted. */
  readonly formerReferences: readonly string[];
  readonly platform: string;
  readonly layers: readonly LayerDescriptor[];
  readonly submittedAt: string | null;
  readonly indexedAt: string | null;
  readonly failure: { readonly code: string; readonly message: string; readonly remedy: string | null } | null;
  /** Vulnerabilities by severity as of the last match; null where the counts would be misleading. */
  readonly severities: SeverityCounts | null;
  /** Why there are no counts; null when there are. */
  readonly severitiesMissing: MissingCounts | null;
  /** The same vulnerabilities, counted in two ways; null where `severities` is, or a former version counted them. */
  readonly totals: ReportTotals | null;
  /** Malicious packages, notices and uncertain findings as of the last match; null where nothing was counted. */
  readonly countedApart: CountedApart | null;
  /**
   * Why there may be more than is counted, as `coverage` of the report describes in detail; empty where nothing was
   * left out.
   */
  readonly incomplete: readonly MissingCounts[];
}

/** At most one restriction: a separate index answers each. */
export type ImageSearch =
  | { readonly by: 'all' }
  /** Images that a reference of this repository points to now. */
  | { readonly by: 'repository'; readonly repository: string }
  /** Images with at least one vulnerability of this severity, as of the last match. */
  | { readonly by: 'severity'; readonly severity: Severity }
  /** Images that contain a package, or one built from a source package, of this name. */
  | { readonly by: 'package'; readonly package: string }
  /** Images that have this vulnerability now, under this id or an alias. */
  | { readonly by: 'vulnerability'; readonly vulnerability: string };

/** A page of a search; the first page also reports images for which the search could not decide. */
export interface ImagePage extends Page<ImageView> {
  readonly undecided?: UndecidedImages;
}

/** A layer of an image, base first. */
export interface LayerView extends LayerDescriptor {
  /** Bytes of the uncompressed tar and its entries; null while it was not read. */
  readonly tarBytes: number | null;
  readonly entries: number | null;
  readonly problems: readonly { readonly path: string | null; readonly code: string; readonly message: string }[];
}

export interface ImageUseCases {
  /**
   * Queues the indexing of an image, unless that is done or in progress. Throws the `ClarionError` of the registry or
   * the egress guard, and `PreconditionError` `queue-full`.
   */
  submit(request: SubmitRequest, options?: AskOptions): Promise<SubmissionResult>;
  /**
   * Indexes an archive (docker save, OCI layout as tar; compressed or not) while it arrives. Resolves when it is
   * indexed. Throws `invalid-input` for an invalid reference, and `PreconditionError` `queue-full` at the limit of
   * concurrent uploads.
   */
  upload(archive: AsyncIterable<Uint8Array>, options: UploadOptions): Promise<SubmissionResult>;
  /**
   * Throws `not-found`. With `waitMillis` it resolves when the image is indexed or failed, at the latest after that
   * time; `signal` ends the waiting (the caller disconnected). Throws `PreconditionError` `too-many-requests` when
   * `caller` (`callerOf`), or all callers together, reach the limit of waiting calls.
   */
  get(digest: Digest, wait?: WaitOptions): Promise<ImageView>;
  /**
   * The detectors that read images now, with their versions: text that changes with nothing else. With a digest, those
   * that the image was indexed with; undefined while it is not. Throws `not-found`.
   */
  detectors(): Promise<string>;
  detectors(digest: Digest): Promise<string | undefined>;
  /** The image now and at each change of its state, until it is indexed or failed, or `signal` aborts. */
  watch(digest: Digest, signal: AbortSignal): AsyncIterable<ImageView>;
  /**
   * Throws `no-data` for a search by severity or vulnerability while no feed was ever loaded, as nothing would be
   * found.
   */
  list(search: ImageSearch, page: PageRequest): Promise<ImagePage>;
  /** Deletes the image; its layers stay while another image has them. Throws `not-found`. */
  remove(digest: Digest): Promise<void>;
  /**
   * The report of now, or as of a time, in one of the formats; in a file if the image is large. `notTag` are validators that the
   * caller has, or `*` for any: when one is still valid, the result has no body and costs no match. Throws `not-found`, `no-data`,
   * `invalid-input` (format), `limit-exceeded` (too expensive), `PreconditionError` `not-indexed` and, for a large
   * image, `queue-full`; with `at` also `history-pruned`.
   */
  report(
    digest: Digest,
    options?: RenderOptions & ReportChoice & { readonly notTag?: readonly string[] },
  ): Promise<RenderedReport | StoredReport | UnchangedReport>;
  /**
   * The packages, by namespace and name. Throws `not-found`, `PreconditionError` `not-indexed` and, for a large
   * image, what `report` does.
   */
  packages(digest: Digest, page: PageRequest, options?: RenderOptions): Promise<Page<ReportPackage>>;
  /** All layers, base first. Throws what `packages` does. */
  layers(digest: Digest, options?: RenderOptions): Promise<readonly LayerView[]>;
}

/** A report that the caller has. */
export interface UnchangedReport extends Pick<RenderedReport, 'tag' | 'history'> {
  readonly body?: undefined;
  readonly file?: undefined;
}

/** What a report shows. */
export interface ReportChoice {
  /** RFC 3339, or a date, whose end counts: the report as it was known then. Now unless stated. */
  readonly at?: string;
  /** Id of a format; the native report unless stated. */
  readonly format?: string;
  /** Also lists suppressed findings, in formats that show any. */
  readonly showSuppressed?: boolean;
}

export interface VulnerabilityUseCases {
  /** Everything known about an id, with the advisories of feeds on packages, page by page. Throws `not-found`. */
  get(
    id: string,
    filter: { readonly package?: string; readonly namespace?: string },
    page: PageRequest,
  ): Promise<VulnerabilityAdvisories>;
  /** Vulnerabilities in feeds for a package of a namespace, by id. */
  list(
    of: { readonly namespace: string; readonly package: string },
    page: PageRequest,
  ): Promise<Page<VulnerabilitySummary>>;
  /**
   * Creates or replaces the installation's own record of a vulnerability in a namespace: the members of an OSV record
   * (docs/own-data.md). It takes precedence over all feeds, survives their updates, and triggers notifications.
   * Throws `invalid-input`.
   */
  putOwn(key: OwnVulnerabilityKey, record: unknown, written?: WrittenBy): Promise<{ readonly created: boolean }>;
  /** Throws `not-found`. */
  removeOwn(key: OwnVulnerabilityKey, written?: WrittenBy): Promise<void>;
  /** Throws `not-found`. */
  getOwn(key: OwnVulnerabilityKey): Promise<OwnVulnerability>;
  /** By namespace and id. */
  listOwn(page: PageRequest): Promise<Page<OwnVulnerabilityKey>>;
}

/** A feed of this installation, and the state of its updates. */
export interface FeedView
  extends Omit<FeedState, 'feed' | 'documents' | 'cursor' | 'peak' | 'statements' | keyof FeedCounts>, FeedCounts {
  readonly id: string;
  readonly title: string;
  readonly homepage: string;
  readonly own: boolean;
  readonly enabled: boolean;
  readonly refreshMinutes: number;
  /** Number of upstream documents that are followed. */
  readonly documents: number;
  /** Seconds since the last success; null when there was none. */
  readonly ageSeconds: number | null;
  /** The state of its updates; `off` for a disabled feed. */
  readonly level: FeedLevel | 'off';
  /** A description of the missing documents and the remedy; absent when none is missing. */
  readonly partial?: string;
}

export interface FeedUseCases {
  list(): Promise<readonly FeedView[]>;
  /**
   * Queues an update now; `force` also applies documents that shrank a lot. Throws `not-found`, and `invalid-input`
   * for a disabled feed.
   */
  update(feed: string, options?: { readonly force?: boolean }): Promise<{ readonly request: string }>;
}

export interface NotificationUseCases {
  /** Newest first. */
  list(query: { readonly state?: NotificationState }, page: PageRequest): Promise<Page<Notification>>;
  /** With one page of its images, and its deliveries. Throws `not-found`. */
  get(
    id: string,
    query: { readonly transition?: NotificationKind },
    page: PageRequest,
  ): Promise<{
    readonly notification: Notification;
    readonly images: Page<AffectedImage>;
    readonly deliveries: readonly NotificationDelivery[];
  }>;
  /** With one page of its images, whose positions are UUIDs. Throws `not-found`, and `invalid-input` for another `after`. */
  imagesByUuid(
    id: string,
    page: PageRequest,
  ): Promise<{ readonly notification: Notification; readonly images: Page<AffectedImage> }>;
  /** Marks it as known, in need of no more attention. Throws `not-found`. */
  acknowledge(id: string): Promise<void>;
  /** Delivers it again to all endpoints that subscribe to it. Resolves to their number. Throws `not-found`. */
  replay(id: string): Promise<number>;
}

export interface EndpointUseCases {
  list(): Promise<readonly EndpointView[]>;
  /** Throws `not-found`. */
  get(id: string): Promise<EndpointView>;
  /** Resolves to the endpoint and, only this once, its secret. Throws `invalid-input`, `limit-exceeded`. */
  create(input: EndpointInput): Promise<EndpointWithSecret>;
  /**
   * As `updateEndpoint` of notifying: for a day, both the new and the old secret sign. Throws `not-found`,
   * `invalid-input`.
   */
  update(id: string, input: EndpointInput): Promise<EndpointView>;
  /** Throws `not-found`. */
  remove(id: string): Promise<void>;
  /** Sends a test event now and resolves to the result. Throws `not-found`. */
  test(id: string, signal?: AbortSignal): Promise<TestResult>;
  /**
   * Queues deliveries again. Resolves to their number. Throws `not-found`, and `invalid-input` for a disabled
   * endpoint.
   */
  replay(id: string, which: EndpointReplay): Promise<number>;
  /** The delivery log. Throws `not-found`. */
  deliveries(
    id: string,
    query: { readonly state?: DeliveryState },
    page: PageRequest,
  ): Promise<Page<NotificationDelivery>>;
}

export interface DeadLetterUseCases {
  list(page: PageRequest): Promise<Page<DeadLetter>>;
  /** Queues the work again and deletes the dead letter. Throws `not-found`. */
  replay(id: string): Promise<void>;
  /** Deletes it. Throws `not-found`. */
  remove(id: string): Promise<void>;
}

export interface EventUseCases {
  /** Events from now on, or from just after a position that is still kept. Ends when `signal` aborts. */
  listen(options: { readonly after?: string; readonly signal: AbortSignal }): AsyncIterable<EventEnvelope>;
}

/** A stored image with its submission: what `ImageView` is made from. */
export type SubmittedImage = StoredImage & { readonly submission: NonNullable<StoredImage['submission']> };
