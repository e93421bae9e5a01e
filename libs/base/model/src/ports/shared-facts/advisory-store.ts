import type { AdvisoryGroup } from '../../advisory';
import type { RepositoryProducts } from '../../vulnerability';

export type AdvisoryGroupKey = Pick<AdvisoryGroup, 'namespace' | 'package' | 'feed' | 'document'>;

/** What feeds say about packages and repositories of packages. */
export interface AdvisoryStore {
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
  /** Content hashes of all stored groups of one document of a feed. */
  groupHashes(feed: string, document: string): AsyncIterable<readonly [AdvisoryGroupKey, string]>;
  /** What feeds say about each of the repositories that they know. */
  repositories(names: readonly string[]): Promise<readonly RepositoryProducts[]>;
  /** All that feeds say about repositories, by name and feed. */
  allRepositories(): AsyncIterable<RepositoryProducts>;
}
