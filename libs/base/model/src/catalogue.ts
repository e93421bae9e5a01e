import type { Digest } from './digest';
import type { ErrorCode } from './errors';
import type { PlacedEvidence } from './evidence';
import type { Image } from './image';
import type { PlacedNamespace } from './namespace';
import type { Severity } from './severity';

/** A secret as it is kept: AES-256-GCM with the key of the installation, `v1.<nonce>.<tag>.<text>` in base64url. */
export type SealedSecret = string;

/** Where the bytes of a submitted image come from. */
export type ImageOrigin =
  /** A registry reference that names the manifest by digest. */
  | {
      readonly kind: 'registry';
      readonly reference: string;
      /** JSON `{username, password}` or `{token}`; absent: anonymous, or the service's own credentials. */
      readonly credentials?: SealedSecret;
      /** Plain HTTP was allowed for this registry by configuration. */
      readonly insecure?: boolean;
    }
  /** One address a layer, parallel to `image.layers`, as callers of the Clair APIs give them; headers are sealed JSON. */
  | {
      readonly kind: 'layer-urls';
      readonly layers: readonly { readonly url: string; readonly headers?: SealedSecret }[];
    }
  /** An uploaded archive; its layers were read while it arrived, so that nothing of it is kept. */
  | { readonly kind: 'upload' };

export const imageStates = ['queued', 'indexing', 'indexed', 'failed'] as const;
export type ImageState = (typeof imageStates)[number];

/** Work on a submission that was begun and not seen to end: its process died, or was killed, or is at it now. */
export interface Attempts {
  readonly count: number;
  /** What ended the last one, where somebody lived to tell: `took more than 512 MiB of memory`. */
  readonly reason?: string;
}

/** How the indexing of a submitted image stands. */
export interface Submission {
  /** Time-ordered; a new one for each time that work was ordered. */
  readonly id: string;
  readonly state: ImageState;
  readonly origin: ImageOrigin;
  /** RFC 3339. */
  readonly submittedAt: string;
  /** Who ordered it (`Message.caller`), the first one first; kept until it is indexed. */
  readonly callers?: readonly string[];
  readonly indexedAt?: string;
  /** Why it failed; kept until the image is submitted again. */
  readonly failure?: { readonly code: ErrorCode | 'internal'; readonly message: string; readonly remedy?: string };
  /** By part of the work, `layer 3` or `composition`: written before it begins, so that no crash is forgotten. */
  readonly attempts?: Readonly<Record<string, Attempts>>;
  /** Numbers of layers that registries do not hold (a licence forbids it): gaps in the report. */
  readonly absent?: readonly number[];
  /** Sorted `id@version` of the detectors that an indexed image was read with: with others, it must be read again. */
  readonly detectors?: string;
}

/** An image that Clarion was asked about. */
export interface StoredImage {
  readonly manifestDigest: Digest;
  readonly image: Image;
  /** diffIDs as computed, base first; empty until the image is indexed, or was read while it was uploaded. */
  readonly layers: readonly Digest[];
  /** RFC 3339; when it was last asked for, so that old ones can be pruned. */
  readonly usedAt: string;
  /** Absent for images that only a command line scanned. */
  readonly submission?: Submission;
  /** Every reference it was submitted under, sorted: `registry.example/team/app:1`. */
  readonly references?: readonly string[];
  /** It was submitted without a name as well: it is meant by its digest, whatever becomes of its tags. */
  readonly byDigest?: true;
  /** Id of its composition, once indexed. */
  readonly composition?: string;
  /** Steps that composing it took (`workLimits.image`), which each reader of all of it takes again. */
  readonly composingSteps?: number;
  /** What of it no detector could look at, once indexed; absent where there is nothing of that kind. */
  readonly notRead?: NotRead;
}

/** What of an image was seen and not read: two images with the same packages may differ in it. */
export interface NotRead {
  /** Layers or files with problems because of which packages may be missing (`isGap`). */
  readonly problems?: number;
  /** Ids of ecosystems (`ecosystemsNotRead`). */
  readonly ecosystems?: readonly string[];
}

/**
 * What decides which vulnerabilities an image has: its distribution, scope evidence and packages. Images with equal
 * compositions have equal findings, so everything that must be found by vulnerability is kept a composition, not an
 * image (docs/decisions/0013). Content-addressed.
 */
export interface Composition {
  /** Lower-case hex of the SHA-256 of the canonical JSON of the members below and the features. */
  readonly id: string;
  readonly namespaces: readonly PlacedNamespace[];
  readonly channels: readonly PlacedNamespace[];
  readonly evidence: readonly PlacedEvidence[];
  /** Number of the features; absent in compositions of versions that did not count. */
  readonly packages?: number;
  /** Number of those that belong to no namespace; absent where all do. */
  readonly unplaced?: number;
  /** Namespaces of packages that are neither the distribution's nor a channel's (`npm`), sorted; absent where there are none. */
  readonly otherNamespaces?: readonly string[];
}

/** Vulnerabilities by severity. */
export type SeverityCounts = Readonly<Record<Severity, number>>;

/** Documents that a feed lacked when a composition was matched. */
export interface LackingFeed {
  readonly feed: string;
  readonly missing: readonly string[];
}

/** What matching a composition came to, as of the last time: what its report says, as far as lists tell of it. */
export interface CompositionCounts extends SeverityCounts {
  /** Whether packages or statements could not be compared. */
  readonly undetermined?: true;
  /** Documents that were missing and would tell of flaws in its packages, by feed (`PartialFeed`). */
  readonly lacking?: readonly LackingFeed[];
  /** How the ids of vulnerabilities begin that are counted and that nobody rates (`CVE-2023-`), sorted. */
  readonly unrated?: readonly string[];
}
