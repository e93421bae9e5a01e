import type { Advisory, AdvisoryGroup } from './advisory';

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

/** A vulnerability that an update changed. */
export interface ChangedVulnerability {
  readonly update: string;
  readonly vulnerability: string;
}
