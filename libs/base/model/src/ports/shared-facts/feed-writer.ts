import type { AdvisoryGroup } from '../../advisory';
import type { FactChange } from '../../change';
import type { FeedState } from '../../feed';
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
  /** This change has to be published: it becomes visible in `ChangeStore.pendingChanges` with the facts. */
  putChange(change: FactChange): Promise<void>;
  commit(state: FeedState): Promise<void>;
  abort(): Promise<void>;
}

/** An update that is ready to commit, with the state of its feed afterwards. */
export interface FeedUpdate {
  readonly writer: FeedWriter;
  readonly state: FeedState;
}
