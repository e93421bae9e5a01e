import {
  ClarionError,
  type CommittedRevision,
  type FeedRevision,
  type FeedState,
  revisionState,
  type RevisionTime,
} from '@clarion/model';

import { millisOf } from './times';

/** What a commit with a revision stores. */
export interface RevisionCommit {
  readonly committed: CommittedRevision;
  /** The state of the feed after it. */
  readonly state: FeedState;
  /** Number of changes in the log. */
  readonly changes: number;
}

/** What is stored of the feed before the commit. */
export interface RevisionBefore {
  readonly newest: RevisionTime | undefined;
  readonly state: FeedState | undefined;
}

/** The revision that a commit adds. Throws `invalid-input` unless its update is later than that of the newest one. */
export function revisionAfter({ newest, state: before }: RevisionBefore, commit: RevisionCommit): FeedRevision {
  const { committed, state, changes } = commit;
  const { update, at, first, by } = committed;
  if (newest !== undefined && update <= newest.update) {
    throw new ClarionError(
      'invalid-input',
      `update ${update} of feed ${state.feed} is not later than ${newest.update}`,
    );
  }
  const previousSuccess = newest === undefined ? undefined : before?.lastSuccess;
  return {
    feed: state.feed,
    update,
    at: newest !== undefined && millisOf(at) < millisOf(newest.at) ? newest.at : at,
    changes,
    ...(first === true ? { first } : {}),
    ...(by === undefined ? {} : { by }),
    state: revisionState(state),
    ...(previousSuccess === undefined ? {} : { previousSuccess }),
  };
}
