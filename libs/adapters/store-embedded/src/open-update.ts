import type { CommittedRevision, FeedState } from '@clarion/model';

/** An update of a feed that is neither committed nor aborted. */
export interface OpenUpdate {
  /** Records that its commit touches. */
  size(): number;
  /** Shows that its writer is alive. Throws `invalid-input` when another one has taken over. */
  renew(): void;
  /**
   * Moves everything staged into the facts and the log, with the state of the feed and its revision. Inside of a write
   * transaction.
   */
  copy(state: FeedState, revision: CommittedRevision | undefined): void;
}
