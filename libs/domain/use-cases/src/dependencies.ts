import type { ShareLimits } from '@clarion/connections';
import type {
  Bus,
  DetectorClient,
  FeedSource,
  FeedState,
  Image,
  Log,
  DomainEvent,
  OpenOptions,
  Platform,
  ReportFormat,
  ResultStore,
  SealedSecret,
  SendWebhook,
  SharedFacts,
  TenantData,
  LeaseStore,
} from '@clarion/model';
import type { ReadImage, SubmissionKey } from '@clarion/layer-indexing';
import type { DeadlinePolicy } from '@clarion/policy';
import type { RenderElsewhere } from './isolated-reports';
import type { RegistryCredentials } from './use-cases';

/** A registry reference, resolved to one image. */
export interface ResolvedImage {
  readonly image: Image;
  /** Names the manifest by digest: `registry.example/team/app@sha256:…`. */
  readonly pinned: string;
  /** The full reference, as shown in lists: `docker.io/library/alpine:3.22`, with the digest where it was given. */
  readonly name: string;
  /** Plain http was allowed for its registry. */
  readonly insecure: boolean;
}

export interface ResolveOptions {
  readonly platform?: Platform;
  readonly credentials?: RegistryCredentials;
  /** The caller: registry requests are scheduled fairly between callers. */
  readonly caller?: string;
  readonly signal?: AbortSignal;
}

export interface ArchiveOptions extends OpenOptions {
  /** Maximum of unpacked bytes. Throws `limit-exceeded` beyond. */
  readonly maxBytes: number;
  /** The caller who uploads: archives are scheduled fairly between callers. */
  readonly caller?: string;
}

export interface UseCaseLimits {
  /**
   * Layers of one caller that may wait before its submissions are rejected; ten times as many for all callers.
   * Default 10,000.
   */
  readonly waitingLayers: number;
  /** Bytes of an uploaded archive; default 10 GiB. */
  readonly uploadBytes: number;
  /** Concurrent uploads, and one more for a caller whom others would keep out (`FairQueue`); default 4. */
  readonly uploads: number;
  /** Concurrent registry requests to resolve images, scheduled fairly between callers; default 8. */
  readonly resolutions: number;
  /** Own vulnerabilities; default 10,000. */
  readonly ownVulnerabilities: number;
  /** Concurrent requests that wait for images: of one caller (default 100), and in all (default 1000). */
  readonly waiting: ShareLimits;
  /** Bytes of reports that are kept in memory, compressed; default 64 MiB. */
  readonly reportBytes: number;
  /** Reports that are written to the store in a second, at most; default 4. */
  readonly storedASecond: number;
  /** Packages of images that are kept composed for further reports; default 20,000. */
  readonly composedPackages: number;
  /** Findings that are kept for reports of other images, or in other formats; default 20,000. */
  readonly findings: number;
  /** About how many bytes of facts of feeds are kept for further reports; default 32 MiB. */
  readonly factBytes: number;
  /** About how many bytes of time lines are kept for their further pages; default 32 MiB. */
  readonly timelineBytes: number;
}

export const defaultUseCaseLimits: UseCaseLimits = {
  waitingLayers: 10_000,
  uploadBytes: 10 * 1024 ** 3,
  uploads: 4,
  resolutions: 8,
  ownVulnerabilities: 10_000,
  waiting: { ofCaller: 100, inAll: 1000 },
  reportBytes: 64 * 1024 ** 2,
  storedASecond: 4,
  composedPackages: 20_000,
  findings: 20_000,
  factBytes: 32 * 1024 ** 2,
  timelineBytes: 32 * 1024 ** 2,
};

/** Dependencies of the use cases, provided by the apps. */
export interface UseCaseDependencies {
  readonly store: SharedFacts & TenantData & LeaseStore & Pick<ResultStore, 'result' | 'putResult'>;
  readonly bus: Bus;
  readonly detectors: DetectorClient;
  /** Requests a manifest and its configuration from a registry, under the egress guard. */
  readonly resolveImage: (reference: string, options: ResolveOptions) => Promise<ResolvedImage>;
  /** The full form of a reference (`ResolvedImage.name`), without any request. Throws `invalid-input`. */
  readonly referenceName: (reference: string) => string;
  /** Reads an archive from a stream and stores the facts of its layers. Keeps nothing else. */
  readonly indexArchive: (archive: AsyncIterable<Uint8Array>, options: ArchiveOptions) => Promise<ReadImage>;
  /** Composes a submitted image whose layers are known, scheduled fairly between callers. Absent: in this process. */
  readonly compose?: (image: SubmissionKey, caller?: string) => AsyncIterable<DomainEvent>;
  /**
   * Throws `egress-denied` or `invalid-input` when reading layers from one of the addresses is not allowed; resolves
   * names.
   */
  readonly checkLayerUrls: (urls: readonly string[]) => Promise<void>;
  readonly sealer: { seal(text: string): SealedSecret; open(sealed: SealedSecret): string };
  /** Seals with a key that is only in memory, of this process and those that read layers for it; absent: there is none. */
  readonly memorySealer?: { seal(text: string): SealedSecret };
  /** Sends the test event of an endpoint. */
  readonly sendWebhook: SendWebhook;
  /** Throws `egress-denied` for a webhook receiver that must not be contacted. */
  readonly checkReceiver: (receiver: { readonly url: string; readonly allowInsecure: boolean }) => Promise<void>;
  /** Requests the consent of a webhook receiver; throws without it. */
  readonly requestConsent: (receiver: { readonly url: string; readonly allowInsecure: boolean }) => Promise<void>;
  /** All feeds of this build and configuration, own ones first (`configuredFeeds`). */
  readonly feeds: readonly FeedSource[];
  /** Parses own vulnerabilities: `ownFeed({ id: 'own-vulnerabilities', format: 'osv', … })`. */
  readonly ownVulnerabilities: FeedSource;
  /** The states of feed updates, where another source than the store knows more. */
  readonly feedStates?: () => Promise<readonly FeedState[]>;
  readonly formats: readonly ReportFormat[];
  /** Version of Clarion, for reports. */
  readonly clarionVersion: string;
  /** Names this very build (`@clarion/release`). Without it, no report is kept in the store. */
  readonly buildId?: string | undefined;
  /** As `--max-feed-age` of the command line. */
  readonly maxFeedAgeMinutes?: number;
  /** By when findings must be gone; without rules unless given. */
  readonly deadlines?: DeadlinePolicy;
  readonly limits?: Partial<UseCaseLimits>;
  readonly log?: Log;
  /** Renders reports of large images in another process. Absent: in this one. */
  readonly renderElsewhere?: RenderElsewhere;
  /** Called when an image was matched for a report, for metrics. */
  readonly onMatched?: (seconds: number) => void;
  readonly now?: () => Date;
}
