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
  SealedSecret,
  SendWebhook,
  SharedFacts,
  TenantData,
  LeaseStore,
} from '@clarion/model';
import type { ReadImage, SubmissionKey } from '@clarion/layer-indexing';
import type { RenderElsewhere } from './isolated-reports';
import type { RegistryCredentials } from './use-cases';

/** A registry reference, resolved to one image. */
export interface ResolvedImage {
  readonly image: Image;
  /** Names the manifest by digest: `registry.example/team/app@sha256:…`. */
  readonly pinned: string;
  /** The whole spelling, as lists show it: `docker.io/library/alpine:3.22`, with the digest where it was given. */
  readonly name: string;
  /** Plain http was allowed for its registry. */
  readonly insecure: boolean;
}

export interface ResolveOptions {
  readonly platform?: Platform;
  readonly credentials?: RegistryCredentials;
  /** Who asks: registries are asked in turns. */
  readonly caller?: string;
  readonly signal?: AbortSignal;
}

export interface ArchiveOptions extends OpenOptions {
  /** Most bytes, unpacked. Throws `limit-exceeded` beyond. */
  readonly maxBytes: number;
  /** Whose archive it is, where several are read in turns. */
  readonly caller?: string;
}

export interface UseCaseLimits {
  /** Layers that may wait of one caller before its submissions are refused, of all callers ten times as many; default 10,000. */
  readonly waitingLayers: number;
  /** Bytes of an uploaded archive; default 10 GiB. */
  readonly uploadBytes: number;
  /** Archives taken at the same time, and one more of a caller whom others would keep out (`FairQueue`); default 4. */
  readonly uploads: number;
  /** Registries that are asked for images at the same time, in turns by caller; default 8. */
  readonly resolutions: number;
  /** Own vulnerabilities; default 10,000. */
  readonly ownVulnerabilities: number;
  /** Requests that wait for images at the same time: of one caller (default 100), and in all (default 1000). */
  readonly waiting: ShareLimits;
}

export const defaultUseCaseLimits: UseCaseLimits = {
  waitingLayers: 10_000,
  uploadBytes: 10 * 1024 ** 3,
  uploads: 4,
  resolutions: 8,
  ownVulnerabilities: 10_000,
  waiting: { ofCaller: 100, inAll: 1000 },
};

/** What the use cases stand on. Apps hand it in. */
export interface UseCaseDependencies {
  readonly store: SharedFacts & TenantData & LeaseStore;
  readonly bus: Bus;
  readonly detectors: DetectorClient;
  /** Asks a registry for a manifest and its configuration, under the egress guard. */
  readonly resolveImage: (reference: string, options: ResolveOptions) => Promise<ResolvedImage>;
  /** The whole spelling of a reference (`ResolvedImage.name`), without asking anybody. Throws `invalid-input`. */
  readonly referenceName: (reference: string) => string;
  /** Reads an archive that arrives as a stream and stores the facts of its layers. Nothing of it is left afterwards. */
  readonly indexArchive: (archive: AsyncIterable<Uint8Array>, options: ArchiveOptions) => Promise<ReadImage>;
  /** Composes a submitted image whose layers are known, in turns with what other callers wait for. Absent: here. */
  readonly compose?: (image: SubmissionKey, caller?: string) => AsyncIterable<DomainEvent>;
  /** Throws `egress-denied` or `invalid-input` when layers may not be read from one of the addresses; names are resolved. */
  readonly checkLayerUrls: (urls: readonly string[]) => Promise<void>;
  readonly sealer: { seal(text: string): SealedSecret; open(sealed: SealedSecret): string };
  /** Sends the test event of an endpoint. */
  readonly sendWebhook: SendWebhook;
  /** Throws `egress-denied` for a receiver of webhooks that may not be reached. */
  readonly checkReceiver: (receiver: { readonly url: string; readonly allowInsecure: boolean }) => Promise<void>;
  /** Asks a receiver of webhooks for its consent; throws when it does not give it. */
  readonly requestConsent: (receiver: { readonly url: string; readonly allowInsecure: boolean }) => Promise<void>;
  /** All feeds of this build and configuration, own ones first (`configuredFeeds`). */
  readonly feeds: readonly FeedSource[];
  /** Parses own vulnerabilities: `ownFeed({ id: 'own-vulnerabilities', format: 'osv', … })`. */
  readonly ownVulnerabilities: FeedSource;
  /** How updates of feeds went, where somebody knows more of that than the store. */
  readonly feedStates?: () => Promise<readonly FeedState[]>;
  readonly formats: readonly ReportFormat[];
  /** Version of Clarion, for reports. */
  readonly clarionVersion: string;
  /** As `--max-feed-age` of the command line. */
  readonly maxFeedAgeMinutes?: number;
  readonly limits?: Partial<UseCaseLimits>;
  readonly log?: Log;
  /** Has reports of large images written elsewhere. Absent: here. */
  readonly renderElsewhere?: RenderElsewhere;
  /** An image was matched for a report, for metrics. */
  readonly onMatched?: (seconds: number) => void;
  readonly now?: () => Date;
}
