import type { AdvisoryGroup } from '../../advisory';
import type { LoggedChange } from '../../change';
import type { FeedState } from '../../feed';
import type { FeedRevision } from '../../feed-revision';
import type { RepositoryProducts, VulnerabilityRecord } from '../../vulnerability';
import type { AdvisoryGroupKey } from './advisory-store';

/**
 * Writes one update of a feed so that readers see all of it or nothing: everything is staged until `commit`. A writer
 * that is dropped, or killed with its process, leaves the stored facts unchanged.
 */
export interface FeedWriter {
  put(group: AdvisoryGroup, hash: string): Promise<void>;
  remove(key: AdvisoryGroupKey): Promise<void>;
  putText(text: VulnerabilityRecord): Promise<void>;
  /** The feed has no record of vulnerability `id` any more. */
  removeText(id: string): Promise<void>;
  putRepository(repository: RepositoryProducts): Promise<void>;
  /** The feed knows this repository no more. */
  removeRepository(repository: string): Promise<void>;
  /**
   * Keeps a change in the log (`HistoryStore`). Unless it is silent, it has to be published: it becomes visible in
   * `ChangeStore.pendingChanges` with the facts.
   */
  putChange(change: LoggedChange): Promise<void>;
  /**
   * With a revision, the commit becomes part of the history of the feed. Throws `invalid-input` unless its update is
   * later than that of the newest revision of the feed.
   */
  commit(state: FeedState, revision?: CommittedRevision): Promise<void>;
  abort(): Promise<void>;
}

/**
 * A revision as the writer of an update names it; the rest comes from the stored and the new state. Where clocks of
 * revisions of a feed contradict each other, the fewer ones were wrong: those that were ahead get the time of later
 * revisions, one that is behind that of the revision before it.
 */
export type CommittedRevision = Pick<FeedRevision, 'update' | 'at' | 'first' | 'by'>;

/** An update that is ready to commit, with the state of its feed afterwards. */
export interface FeedUpdate {
  readonly writer: FeedWriter;
  readonly state: FeedState;
  readonly revision?: CommittedRevision;
}
