import type { Digest } from './digest';
import type { PlacedEvidence } from './evidence';
import type { PlacedFeature } from './feature';
import type { Image } from './image';
import type { PlacedNamespace } from './namespace';
import type { Problem } from './problem';

/** A problem with its layer; null when it is about the image as a whole. */
export interface PlacedProblem extends Problem {
  readonly layer: Digest | null;
}

/** An image in its final state: layers composed base to top, features with their namespace and origin. */
export interface EffectiveImage {
  readonly image: Image;
  /** diffIDs as computed from the bytes, base first; parallel to `image.layers`. */
  readonly layers: readonly Digest[];
  /** The image's distribution, if the image identifies one. */
  readonly namespaces: readonly PlacedNamespace[];
  /** Package channels enabled in addition to the distribution's own (an edge repository on a stable Alpine). */
  readonly channels: readonly PlacedNamespace[];
  /** Evidence about repositories, products and services, sorted; evidence about single packages is in the features. */
  readonly evidence: readonly PlacedEvidence[];
  readonly features: readonly PlacedFeature[];
  /** Ecosystems whose packages are in the image and that no detector reads, by id; absent when there are none. */
  readonly ecosystems?: readonly {
    readonly id: string;
    readonly files: number;
    readonly example: string;
    readonly layer: Digest;
    /**
     * Packages of it that are installed were not read, whatever else was found: a detector of such files is off, or only
     * lock files and manifests name any.
     */
    readonly installedUnread?: boolean;
    /** Ids of the detectors of Clarion that read such files and are off, sorted; absent when there are none. */
    readonly detectorsOff?: readonly string[];
  }[];
  readonly problems: readonly PlacedProblem[];
}

/**
 * The ecosystems that were recognised and of which nothing that is installed was read, not even by the user's own
 * detectors. Programs stay: one that was read says nothing about another.
 */
export function ecosystemsNotRead({
  ecosystems = [],
  features,
}: Pick<EffectiveImage, 'ecosystems' | 'features'>): NonNullable<EffectiveImage['ecosystems']> {
  const read = new Set<string>(features.map(({ type }) => type));
  return ecosystems.filter(({ id, installedUnread }) => installedUnread === true || id === 'generic' || !read.has(id));
}
