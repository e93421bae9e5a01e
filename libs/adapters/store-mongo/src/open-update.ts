import type { CommittedRevision, FeedState } from '@clarion/model';

import type { LogSummary } from './log-steps';

/** The lease to write one feed. It expires soon after its process has ended. */
export interface FeedWriteLease {
  readonly feed: string;
  readonly token: string;
  /** An update that an earlier writer has begun to commit, with the revision that it writes. */
  readonly redo: { readonly update: string; readonly rev?: number } | undefined;
  /**
   * Makes sure that the lease lasts long enough to send one batch. Throws `invalid-input` when it went to another
   * owner, `upstream-unavailable` when that cannot be determined.
   */
  readonly extend: () => Promise<void>;
  /** Ends the lease, if it is still owned. */
  readonly release: () => Promise<void>;
}

/** An update whose operations are all staged. */
export interface StagedUpdate {
  readonly lease: FeedWriteLease;
  readonly update: string;
}

/** A staged update that can be committed. */
export interface CompleteUpdate extends StagedUpdate {
  readonly log: LogSummary;
}

/** An update that is neither committed nor aborted. */
export interface OpenUpdate extends StagedUpdate {
  /** Stages the state of the feed as the last step, and makes sure that all of them are stored. */
  finish(state: FeedState, revision: CommittedRevision | undefined): Promise<CompleteUpdate>;
}
