import type { AdvisoryGroup } from '../../advisory';
import type { RepositoryProducts } from '../../vulnerability';

export type AdvisoryGroupKey = Pick<AdvisoryGroup, 'namespace' | 'package' | 'feed' | 'document'>;

/** Advisories of feeds about packages, and their data about package repositories. */
export interface AdvisoryStore {
  /** All groups of all feeds for each requested (namespace, package), in that order. */
  advisories(names: readonly (readonly [namespace: string, name: string])[]): Promise<readonly AdvisoryGroup[]>;
  /**
   * Names of the packages of a namespace that feeds have groups about, sorted. Reads an index only; names whose last
   * group was removed may be among them for a while.
   */
  packageNames(namespace: string): Promise<readonly string[]>;
  /**
   * Names of packages that feeds have an advisory for, for one vulnerability, sorted. The embedded store only knows
   * those written since it was opened with `mentions`, and builds the index of older ones on the first such opening.
   * Callers wait for that; with `atOnce` it throws `index-being-built` where another process is building it.
   */
  packagesOf(
    vulnerability: string,
    options?: { readonly atOnce?: boolean },
  ): Promise<readonly (readonly [namespace: string, name: string])[]>;
  /** All groups of one document of a feed. */
  groups(feed: string, document: string): AsyncIterable<AdvisoryGroup>;
  /** Content hashes of all stored groups of one document of a feed. */
  groupHashes(feed: string, document: string): AsyncIterable<readonly [AdvisoryGroupKey, string]>;
  /** The data of feeds about each of the repositories that they know. */
  repositories(names: readonly string[]): Promise<readonly RepositoryProducts[]>;
  /** All data of feeds about repositories, by name and feed. */
  allRepositories(): AsyncIterable<RepositoryProducts>;
}
