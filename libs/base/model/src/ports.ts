import type { AdvisoryGroup } from './advisory';
import type { StoredImage } from './catalogue';
import type { FactChange } from './change';
import type { Detected, DetectorInfo, DetectorKey } from './contracts';
import type { WantedFile } from './wanted-file';
import type { Digest } from './digest';
import type { FeedState } from './feed';
import type { Image, Platform } from './image';
import type { LayerIndex } from './layer';
import type { Problem } from './problem';
import type { SeenFileStore } from './seen-file';
import type { CatalogueStore, ChangeStore, DeadLetterStore, LeaseStore, NotificationStore } from './service-ports';
import type { TagStore } from './tag';
import type { RepositoryProducts, Vulnerability, VulnerabilityText } from './vulnerability';

/** One entry of a layer, of whatever archive form. */
export interface LayerEntry {
  /** Normalised path without leading slash. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'other';
  /** Bytes of content. */
  readonly size: number;
  readonly mode: number;
  /** Target as written (symlink) or normalised path (hardlink); '' otherwise. */
  readonly link: string;
  /** Major and minor number both 0, of a character device: the overlay spelling of a whiteout. */
  readonly nullDevice: boolean;
}

/** So many of the first bytes of a file tell its format. One block of a tar. */
export const headBytes = 512;

/** Receives the entries of a layer in their order. Synchronous: it stands in the hot loop. */
export interface LayerVisitor {
  /**
   * Tells what of a regular file is wanted: all of it, if it is not larger than a number of bytes; its first bytes, which
   * cost next to nothing; or undefined to skip it.
   */
  entry(entry: LayerEntry): number | 'head' | undefined;
  /** The whole content of a wanted file; only called when it was not larger than asked for. */
  content(entry: LayerEntry, content: Uint8Array): void;
  /** A wanted file that is larger than asked for and was not read. */
  oversized(entry: LayerEntry): void;
  /** The first bytes of a file of which only these are wanted: `headBytes`, or all of a smaller one. Not to be kept. */
  head?(entry: LayerEntry, bytes: Uint8Array): void;
  /** Something that a walk could not read (a directory without permission); without this method the walk throws. */
  problem?(problem: Problem): void;
}

/** The bytes of a layer, or a way to walk it where there are no bytes (a root filesystem directory). */
export type LayerContent =
  /** A region of a file on disk: can be read twice and by seeking. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly offset: number;
      readonly length: number;
      /** The file is a copy of ours that nobody meets again, and the stamp of the file that it was unpacked from, if any. */
      readonly temporary?: { readonly unpackedFrom?: string };
    }
  | { readonly kind: 'stream'; readonly stream: AsyncIterable<Uint8Array> }
  | { readonly kind: 'walk'; walk(visitor: LayerVisitor): Promise<void> };

/**
 * What tells the bytes of a layer from others without reading them. What a configuration or a file's name says of them
 * does not: whoever writes these can write anything.
 */
export type LayerIdentity =
  /** Whoever gets this layer asks for the blob of this digest and verifies it, as clients of registries do. */
  | { readonly kind: 'blob'; readonly digest: Digest }
  /** A part of a file; the key is another one after every change of the file. */
  | { readonly kind: 'file'; readonly key: string }
  /** The bytes were read for this very image, and this is the digest of their tar. */
  | { readonly kind: 'read'; readonly diffId: Digest };

/** An image that a source has opened. `close` frees what it holds. */
export interface OpenedImage {
  readonly image: Image;
  /** Costs no reading. Undefined, or absent, where nothing but reading tells what a layer is. */
  identity?(index: number): Promise<LayerIdentity | undefined>;
  /** Opens layer `index`. May be called several times; each call gives fresh content. */
  layer(index: number, signal?: AbortSignal): Promise<LayerContent>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Wanted platform of a multi-platform image; default linux/amd64. */
  readonly platform?: Platform;
  /** Which image of an archive that holds several. */
  readonly imageName?: string;
  readonly signal?: AbortSignal;
}

/** A kind of place that images come from: registry, docker-archive, oci-layout, directory. */
export interface LayerSource {
  readonly id: string;
  /** Opens `reference` (without prefix). Throws `ClarionError` with a remedy. */
  open(reference: string, options: OpenOptions): Promise<OpenedImage>;
}

/** Runs detectors over the wanted files of one layer, here or in another process. */
export interface DetectorClient {
  list(): Promise<readonly DetectorInfo[]>;
  /** One result a detector asked for; `files` holds every file that one of them wants. */
  detect(request: readonly DetectRequest[]): Promise<readonly (Detected & { readonly detector: string })[]>;
}

export interface DetectRequest {
  readonly detector: string;
  readonly files: readonly WantedFile[];
}

/** Facts about layers. All writes are idempotent: every key is content-addressed. */
export interface LayerStore {
  /** Those of `detectors` whose results for this layer are not stored. */
  missing(diffId: Digest, detectors: readonly DetectorKey[]): Promise<readonly DetectorKey[]>;
  /** Stores or replaces structure and problems; adds blobs and detections to those already there. */
  putLayer(layer: LayerIndex): Promise<void>;
  /** The layer with the detections of exactly the detectors asked for; undefined when never read. */
  layer(diffId: Digest, detectors: readonly DetectorKey[]): Promise<LayerIndex | undefined>;
  /** diffID of the layer that a verified blob holds. */
  diffIdOfBlob(blob: Digest): Promise<Digest | undefined>;
}

export interface ImageStore {
  /** Of an image that was submitted, one without submission only tells when it was used. */
  putImage(image: StoredImage): Promise<void>;
  image(manifestDigest: Digest): Promise<StoredImage | undefined>;
}

/**
 * Writes one update of a feed so that readers see all of it or none: everything put is staged until `commit`.
 * A writer that is dropped, or killed with its process, leaves the stored facts as they were.
 */
export interface FeedWriter {
  put(group: AdvisoryGroup, hash: string): Promise<void>;
  remove(key: AdvisoryGroupKey): Promise<void>;
  putText(text: VulnerabilityText): Promise<void>;
  /** The feed says nothing about vulnerability `id` any more. */
  removeText(id: string): Promise<void>;
  putRepository(repository: RepositoryProducts): Promise<void>;
  /** The feed knows this repository no more. */
  removeRepository(repository: string): Promise<void>;
  /** This change has to be published: it becomes visible in `ChangeStore.pendingChanges` with the facts. */
  putChange(change: FactChange): Promise<void>;
  commit(state: FeedState): Promise<void>;
  abort(): Promise<void>;
}

/** An update that is ready, with the state of its feed afterwards. */
export interface FeedUpdate {
  readonly writer: FeedWriter;
  readonly state: FeedState;
}

export type AdvisoryGroupKey = Pick<AdvisoryGroup, 'namespace' | 'package' | 'feed' | 'document'>;

export interface AdvisoryStore {
  feedStates(): Promise<readonly FeedState[]>;
  /** Records a failed or unchanged attempt without touching facts. */
  putFeedState(state: FeedState): Promise<void>;
  /** Content hashes of all stored groups of one document of a feed. */
  groupHashes(feed: string, document: string): AsyncIterable<readonly [AdvisoryGroupKey, string]>;
  /** One writer a feed at a time; a second one throws `invalid-input`. */
  writeFeed(feed: string): Promise<FeedWriter>;
  /** All groups of all feeds for each (namespace, package) asked for, in that order. */
  advisories(names: readonly (readonly [namespace: string, name: string])[]): Promise<readonly AdvisoryGroup[]>;
  /**
   * Names of packages that feeds have a statement about a vulnerability for, sorted. The embedded store only knows those
   * written since it was opened with `mentions`, and builds the index of what was there before when it first is. Whoever
   * asks waits for that; with `atOnce` it throws `index-being-built` where another process is at it.
   */
  packagesOf(
    vulnerability: string,
    options?: { readonly atOnce?: boolean },
  ): Promise<readonly (readonly [namespace: string, name: string])[]>;
  /** All groups of one document of a feed. */
  groups(feed: string, document: string): AsyncIterable<AdvisoryGroup>;
  vulnerability(id: string): Promise<Vulnerability | undefined>;
  /** Those known, in the order asked for. */
  vulnerabilities(ids: readonly string[]): Promise<readonly Vulnerability[]>;
  /** All texts of all feeds, or of one, in an order that depends on them alone. */
  texts(feed?: string): AsyncIterable<VulnerabilityText>;
  /** What feeds say about each of the repositories that they know. */
  repositories(names: readonly string[]): Promise<readonly RepositoryProducts[]>;
  /** All that feeds say about repositories, by name and feed. */
  allRepositories(): AsyncIterable<RepositoryProducts>;
  /**
   * Commits updates of several feeds: all at once where the store has transactions, else one feed after the other.
   * Every writer has ended afterwards, whatever happened.
   */
  commitFeeds(updates: readonly FeedUpdate[]): Promise<void>;
}

export interface StoreMaintenance {
  /**
   * Forgets layers and images not used since `before` (RFC 3339), compositions that no image has, and feeds not in
   * `keepFeeds`. Images that are not indexed yet stay, with the layers that they wait for, and so do layers of images that
   * stay and compositions stored since `before`. With `keepSubmitted`, images that were submitted stay as well, and what
   * tags named, however long ago.
   */
  prune(options: {
    readonly before: string;
    readonly keepFeeds: readonly string[];
    readonly keepSubmitted?: boolean;
  }): Promise<PruneResult>;
  /** Whether facts can be read and written now. */
  ready(): Promise<boolean>;
  /** Bytes on disk, where the store can tell. */
  size(): Promise<number | undefined>;
  close(): Promise<void>;
}

export interface PruneResult {
  readonly images: number;
  readonly layers: number;
  readonly feeds: number;
}

/** Everything Clarion remembers. One contract suite runs against every adapter. */
export interface Store
  extends
    LayerStore,
    SeenFileStore,
    ImageStore,
    TagStore,
    AdvisoryStore,
    StoreMaintenance,
    CatalogueStore,
    ChangeStore,
    NotificationStore,
    DeadLetterStore,
    LeaseStore {}
