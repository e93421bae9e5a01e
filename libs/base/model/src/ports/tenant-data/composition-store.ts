import type { Composition, CompositionCounts } from '../../catalogue';
import type { IndexedPackageType, PlacedFeature } from '../../feature';
import type { Page, PageRequest } from '../../page';
import type { Severity } from '../../severity';

/** Compositions of submitted images, the index of their packages by name, and their counts. */
export interface CompositionStore {
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
