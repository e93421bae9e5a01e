import type { Advisory, AdvisoryGroup } from './advisory';
import type { RepositoryProducts, VulnerabilityRecord } from './vulnerability';

/** What every change of facts has in common. */
interface Changed {
  /** Id of the update: time-ordered, the same for all changes of one commit. */
  readonly update: string;
  readonly feed: string;
  /**
   * No finding can differ because of it (a link, a description): it is kept for reports of the past, and not published.
   */
  readonly silent?: true;
}

/**
 * What one update changed in the advisories of one document of a feed for one vulnerability of one package. Written
 * together with the facts, so that every stored change is also reported.
 */
export interface AdvisoryChange
  extends Changed, Pick<AdvisoryGroup, 'namespace' | 'package' | 'document' | 'nameKind' | 'scheme' | 'epochs'> {
  /** The id that the feed uses for it. */
  readonly vulnerability: string;
  /** The advisories for exactly this vulnerability; empty when there were, or are, no such advisories. */
  readonly before: readonly Advisory[];
  readonly after: readonly Advisory[];
}

/** How a group is compared with packages. */
export type GroupComparison = Pick<AdvisoryGroup, 'nameKind' | 'scheme' | 'epochs'>;

/**
 * A group that appeared, that was removed, or whose packages are compared in another way. Its advisories are in
 * `AdvisoryChange`s of the same update. Always silent.
 */
export interface GroupChange extends Changed, Pick<AdvisoryGroup, 'namespace' | 'package' | 'document'> {
  readonly silent: true;
  /** Null when there was, or is, no such group. */
  readonly before: GroupComparison | null;
  readonly after: GroupComparison | null;
}

/**
 * What one update changed in the vulnerability record of a feed. It names no package: the affected ones are found by
 * the advisories that name the id.
 */
export interface TextChange extends Changed {
  readonly vulnerability: string;
  /** Null when the feed had, or has, no record. */
  readonly before: VulnerabilityRecord | null;
  readonly after: VulnerabilityRecord | null;
}

/** What one update changed in the data of a feed about a repository. Always silent. */
export interface RepositoryChange extends Changed, Pick<RepositoryProducts, 'repository'> {
  readonly silent: true;
  /** The products; null when the feed had, or has, no data about it. */
  readonly before: RepositoryProducts['cpes'] | null;
  readonly after: RepositoryProducts['cpes'] | null;
}

/** A change of facts that has to be reported. */
export type FactChange = AdvisoryChange | TextChange;

/** A change of facts as the log keeps it. */
export type LoggedChange = FactChange | GroupChange | RepositoryChange;

export function isTextChange(change: LoggedChange): change is TextChange {
  return 'vulnerability' in change && !('package' in change);
}

export function isAdvisoryChange(change: LoggedChange): change is AdvisoryChange {
  return 'vulnerability' in change && 'package' in change;
}

export function isGroupChange(change: LoggedChange): change is GroupChange {
  return 'package' in change && !('vulnerability' in change);
}

export function isRepositoryChange(change: LoggedChange): change is RepositoryChange {
  return 'repository' in change;
}

/** A vulnerability that an update changed. */
export interface ChangedVulnerability {
  readonly update: string;
  readonly vulnerability: string;
}
