import type { FeedState } from '@clarion/model';

/** An update of a feed that is neither committed nor aborted. */
export interface OpenUpdate {
  /** Records that its commit touches. */
  size(): number;
  /** Shows that its writer is alive. Throws `invalid-input` when another one has taken over. */
  renew(): void;
  /** Moves everything staged into the facts, with the state of the feed. Inside of a write transaction. */
  copy(state: FeedState): void;
}
