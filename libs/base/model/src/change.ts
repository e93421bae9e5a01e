import type { Advisory, AdvisoryGroup } from './advisory';
import type { VulnerabilityRecord } from './vulnerability';

/**
 * What one update changed in the advisories of one document of a feed for one vulnerability of one package. Written
 * together with the facts, so that every stored change is also reported.
 */
export interface AdvisoryChange extends Pick<
  AdvisoryGroup,
  'feed' | 'namespace' | 'package' | 'document' | 'nameKind' | 'scheme' | 'epochs'
> {
  /** Id of the update: time-ordered, the same for all changes of one commit. */
  readonly update: string;
  /** The id that the feed uses for it. */
  readonly vulnerability: string;
  /** The advisories for exactly this vulnerability; empty when there were, or are, no such advisories. */
  readonly before: readonly Advisory[];
  readonly after: readonly Advisory[];
}

/**
 * What one update changed in the vulnerability record of a feed, if it may change the severity or risk of findings. It
 * names no package: the affected ones are found by the advisories that name the id.
 */
export interface TextChange {
  /** Id of the update. */
  readonly update: string;
  readonly vulnerability: string;
  readonly feed: string;
  /** Null when the feed had, or has, no record. */
  readonly before: VulnerabilityRecord | null;
  readonly after: VulnerabilityRecord | null;
}

/** A change of facts that has to be reported. */
export type FactChange = AdvisoryChange | TextChange;

export function isTextChange(change: FactChange): change is TextChange {
  return !('package' in change);
}

/** A vulnerability that an update changed. */
export interface ChangedVulnerability {
  readonly update: string;
  readonly vulnerability: string;
}
