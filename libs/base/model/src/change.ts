import type { Advisory, AdvisoryGroup } from './advisory';
import type { VulnerabilityText } from './vulnerability';

/**
 * What one update changed in what one document of a feed says about one vulnerability of one package. Written together
 * with the facts, so that a change that is stored is a change that is told.
 */
export interface StatementChange extends Pick<
  AdvisoryGroup,
  'feed' | 'namespace' | 'package' | 'document' | 'nameKind' | 'scheme' | 'epochs'
> {
  /** Id of the update: time-ordered, the same for all changes of one commit. */
  readonly update: string;
  /** The id under which the feed speaks about it. */
  readonly vulnerability: string;
  /** The statements about exactly this vulnerability; empty when there were, or are, none. */
  readonly before: readonly Advisory[];
  readonly after: readonly Advisory[];
}

/**
 * What one update changed in what a feed says about a vulnerability itself, such that findings of it may have another
 * severity, or be another risk. About no package: who that concerns is found by the statements that name the id.
 */
export interface TextChange {
  /** Id of the update. */
  readonly update: string;
  readonly vulnerability: string;
  readonly feed: string;
  /** Null when the feed said, or says, nothing. */
  readonly before: VulnerabilityText | null;
  readonly after: VulnerabilityText | null;
}

/** A change of facts that somebody has to hear of. */
export type FactChange = StatementChange | TextChange;

export function isTextChange(change: FactChange): change is TextChange {
  return !('package' in change);
}

/** A vulnerability that an update changed. */
export interface ChangedVulnerability {
  readonly update: string;
  readonly vulnerability: string;
}
