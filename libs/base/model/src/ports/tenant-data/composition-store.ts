import type { ImageComposition, CompositionCounts } from '../../catalogue';
import type { IndexedPackageType, PlacedFeature } from '../../feature';
import type { Page, PageRequest } from '../../page';
import type { Severity } from '../../severity';

/** Compositions of submitted images, the index of their packages by name, and their counts. */
export interface CompositionStore {
  /** Stores a composition with its features and their index by name. Does nothing when it is known. */
  putComposition(composition: ImageComposition, features: readonly PlacedFeature[]): Promise<void>;
  composition(id: string): Promise<ImageComposition | undefined>;
  /** All features of a composition in the order in which they were stored; undefined for an unknown composition. */
  compositionFeatures(id: string): Promise<readonly PlacedFeature[] | undefined>;
  /**
   * Replaces the counts of a composition; null: it has too many vulnerabilities to count. Does nothing for an unknown
   * composition.
   */
  putCounts(id: string, counts: CompositionCounts | null): Promise<void>;
  /** The stored counts; a composition that was never counted is left out. */
  counts(ids: readonly string[]): Promise<ReadonlyMap<string, CompositionCounts | null>>;
  /** Ids of compositions with at least one vulnerability of this severity, or with too many to count, in order. */
  compositionsWith(severity: Severity, page: PageRequest): Promise<Page<string>>;
  /**
   * Compositions with a package of this type (`x`: any of the user's own types) with this name, or one built from a
   * source package of this name, in the order of their ids.
   */
  compositionsWithPackage(
    type: IndexedPackageType,
    name: string,
    after?: string,
  ): AsyncIterable<CompositionWithPackage>;
}

/** A composition that was found by a name. */
export interface CompositionWithPackage {
  readonly composition: ImageComposition;
  /**
   * Exactly the packages that it was found by, in pieces of up to a few thousand: an image may have 100,000 from one
   * source. They are read on request, each time again; empty for a composition that was deleted meanwhile.
   */
  readonly pieces: () => AsyncIterable<readonly PlacedFeature[]>;
}
