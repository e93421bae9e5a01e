import type { Digest } from './digest';
import type { PlacedEvidence } from './evidence';
import type { PlacedFeature } from './feature';
import type { Image } from './image';
import type { PlacedNamespace } from './namespace';
import type { Problem } from './problem';

/** A problem with the layer it is in; null when it is about the image as a whole. */
export interface PlacedProblem extends Problem {
  readonly layer: Digest | null;
}

/** An image as it is now: layers composed base to top, features with their namespace and origin. */
export interface EffectiveImage {
  readonly image: Image;
  /** diffIDs as computed from the bytes, base first; parallel to `image.layers`. */
  readonly layers: readonly Digest[];
  /** The image's distribution, if it tells one. */
  readonly namespaces: readonly PlacedNamespace[];
  /** Package channels enabled beside the distribution's own (an edge repository on a stable Alpine). */
  readonly channels: readonly PlacedNamespace[];
  /** What is known of repositories, products and services, sorted; that about single packages is in the features. */
  readonly evidence: readonly PlacedEvidence[];
  readonly features: readonly PlacedFeature[];
  /** Ecosystems whose packages are in the image and that no detector reads, by id; absent when there are none. */
  readonly ecosystems?: readonly {
    readonly id: string;
    readonly files: number;
    readonly example: string;
    readonly layer: Digest;
  }[];
  readonly problems: readonly PlacedProblem[];
}

/** The ecosystems that were recognised and of which nothing was read, by no detector of the user's own either. */
export function ecosystemsNotRead({
  ecosystems = [],
  features,
}: Pick<EffectiveImage, 'ecosystems' | 'features'>): NonNullable<EffectiveImage['ecosystems']> {
  const read = new Set<string>(features.map(({ type }) => type));
  return ecosystems.filter(({ id }) => !read.has(id));
}
