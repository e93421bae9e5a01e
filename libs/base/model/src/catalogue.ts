import type { Digest } from './digest';
import type { ErrorCode } from './errors';
import type { PlacedEvidence } from './evidence';
import type { Image } from './image';
import type { PlacedNamespace } from './namespace';
import type { CountedApart } from './report';
import type { Severity } from './severity';

/** A secret as stored: AES-256-GCM with the key of the installation, `v1.<nonce>.<tag>.<text>` in base64url. */
export type SealedSecret = string;

/** Where the bytes of a submitted image come from. */
export type ImageSource =
  /** A registry reference that names the manifest by digest. */
  | {
      readonly kind: 'registry';
      readonly reference: string;
      /**
       * JSON `{username, password}` or `{token}`, deleted when the image is indexed; absent: anonymous, or the service's
       * own credentials.
       */
      readonly credentials?: SealedSecret;
      /** The credentials are also deleted when the image has failed, and may end with the process that took them. */
      readonly forOneJob?: true;
      /** Configuration allows plain HTTP for this registry. */
      readonly insecure?: boolean;
    }
  /**
   * One address per layer, parallel to `image.layers`, as callers of the Clair APIs give them; headers are sealed JSON.
   */
  | {
      readonly kind: 'layer-urls';
      readonly layers: readonly { readonly url: string; readonly headers?: SealedSecret }[];
    }
  /** An uploaded archive; its layers are read during the upload, and nothing of it is stored. */
  | { readonly kind: 'upload' };

export const imageStates = ['queued', 'indexing', 'indexed', 'failed'] as const;
export type ImageState = (typeof imageStates)[number];

/** Work on a submission that started and is not known to have ended: its process died, was killed, or still runs. */
export interface WorkAttempts {
  readonly count: number;
  /** Why the last attempt ended, where a process could report it: `took more than 512 MiB of memory`. */
  readonly reason?: string;
}

/** The indexing state of a submitted image. */
export interface Submission {
  /** Time-ordered; a new one each time the work is requested. */
  readonly id: string;
  readonly state: ImageState;
  readonly origin: ImageSource;
  /** RFC 3339. */
  readonly submittedAt: string;
  /** Who requested it (`Message.caller`), the first one first; kept until it is indexed. */
  readonly callers?: readonly string[];
  readonly indexedAt?: string;
  /** The error; kept until the image is submitted again. */
  readonly failure?: { readonly code: ErrorCode | 'internal'; readonly message: string; readonly remedy?: string };
  /** By part of the work, `layer 3` or `composition`: written before it begins, so that no crash is lost. */
  readonly attempts?: Readonly<Record<string, WorkAttempts>>;
  /** Numbers of layers that registries do not have (a licence forbids it): gaps in the report. */
  readonly absent?: readonly number[];
  /** Sorted `id@version` of the detectors that read an indexed image: with other detectors, it must be read again. */
  readonly detectors?: string;
}

/** A known image. */
export interface StoredImage {
  readonly manifestDigest: Digest;
  readonly image: Image;
  /** diffIDs as computed, base first; empty until the image is indexed, or was read during its upload. */
  readonly layers: readonly Digest[];
  /** RFC 3339; when it was last requested, so that old images can be pruned. */
  readonly usedAt: string;
  /** Absent for images that only the command line scanned. */
  readonly submission?: Submission;
  /** Every reference it was submitted under, sorted: `registry.example/team/app:1`. */
  readonly references?: readonly string[];
  /** It was also submitted without a name: it is referred to by its digest, whatever happens to its tags. */
  readonly byDigest?: true;
  /** Id of its composition, once indexed. */
  readonly composition?: string;
  /** Steps that composing it took (`workLimits.image`), which each reader of the whole image takes again. */
  readonly composingSteps?: number;
  /** What no detector could read in it, once indexed; absent where there is nothing of that kind. */
  readonly notRead?: NotRead;
  /** Only for images without a submission; absent in records of versions that did not note it. */
  readonly scanned?: ImageScan;
  /** How it was indexed before, oldest first; absent where it was not (`earlierIndexings`). */
  readonly earlier?: readonly EarlierIndexing[];
  /** The names that `image.reference` had before, oldest first; absent where it had no other. */
  readonly earlierReferences?: readonly EarlierReference[];
}

/** The name that reports of an image had up to a time (RFC 3339). */
export interface EarlierReference {
  readonly reference: string;
  readonly until: string;
}

/**
 * How an image was indexed before it was indexed again: with other detectors, or after its layers became better known.
 * The facts of its layers are stored for each version of a detector, so reports of that time can still be made.
 */
export interface EarlierIndexing
  extends
    Pick<StoredImage, 'layers' | 'composition' | 'composingSteps' | 'notRead'>,
    Pick<Submission, 'absent'>,
    Required<Pick<Submission, 'indexedAt' | 'detectors'>> {
  /** RFC 3339: when it was indexed again; until then, when that was requested. */
  readonly until: string;
}

/** A scan on the command line, of an image that was not submitted. */
export interface ImageScan {
  /** As in `Submission`. */
  readonly detectors: string;
  /** RFC 3339: the first scan with them in a row. */
  readonly since: string;
}

/** What was found in an image and not read: two images with the same packages may differ in it. */
export interface NotRead {
  /** Layers or files with problems that may hide packages (`isGap`). */
  readonly problems?: number;
  /** Ids of ecosystems (`ecosystemsNotRead`). */
  readonly ecosystems?: readonly string[];
}

/**
 * What decides which vulnerabilities an image has: its distribution, scope evidence and packages. Images with equal
 * compositions have equal findings, so everything that is looked up by vulnerability is stored per composition, not per
 * image (docs/decisions/0013). Content-addressed.
 */
export interface ImageComposition {
  /** Lower-case hex of the SHA-256 of the canonical JSON of the members below and the features. */
  readonly id: string;
  readonly namespaces: readonly PlacedNamespace[];
  readonly channels: readonly PlacedNamespace[];
  readonly evidence: readonly PlacedEvidence[];
  /** Number of the features; absent in compositions of versions that did not count them. */
  readonly packages?: number;
  /** Number of features without a namespace; absent where all have one. */
  readonly unplaced?: number;
  /**
   * Namespaces of packages that are neither the distribution's nor a channel's (`npm`), sorted; absent where there are
   * none.
   */
  readonly otherNamespaces?: readonly string[];
  /** Those of them whose packages all have an owner, sorted; absent where there are none. */
  readonly ownedNamespaces?: readonly string[];
  /** Names of the features that own others (`PlacedFeature.owner`), sorted; absent where there are none. */
  readonly owners?: readonly string[];
}

/** Vulnerabilities by severity. */
export type SeverityCounts = Readonly<Record<Severity, number>>;

/** Documents that a feed lacked when a composition was matched. */
export interface LackingFeed {
  readonly feed: string;
  readonly missing: readonly string[];
}

/** The result of the last matching of a composition: the part of its report that lists show. */
export interface CompositionCounts extends SeverityCounts {
  /** Number of different vulnerabilities; absent in counts of versions that did not count them. */
  readonly uniqueVulnerabilities?: number;
  /** Findings that are not in the counts by severity; absent where there are none. */
  readonly countedApart?: CountedApart;
  /** Whether packages or advisories could not be compared. */
  readonly undetermined?: true;
  /** Missing documents that would report vulnerabilities in its packages, by feed (`PartialFeed`). */
  readonly lacking?: readonly LackingFeed[];
  /** Prefixes of the ids of counted vulnerabilities that have no rating (`CVE-2023-`), sorted. */
  readonly unrated?: readonly string[];
}
