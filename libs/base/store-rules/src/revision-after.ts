import { ClarionError, type CommittedRevision, type FeedRevision, type FeedState, revisionState } from '@clarion/model';

import { type CommitTime, type CommitTimes, commitTimes } from './commit-times';

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
  /** Its revisions, newest first, at least until the first that is not later than the commit (`commitTimes`). */
  readonly latest: readonly CommitTime[];
  readonly state: FeedState | undefined;
}

/** The revision that a commit adds, and how it changes the times of others. */
export interface AddedRevision extends Pick<CommitTimes, 'clock' | 'corrected'> {
  readonly revision: FeedRevision;
}

/** The revision that a commit adds. Throws `invalid-input` unless its update is later than that of the newest one. */
export function revisionAfter({ latest, state: before }: RevisionBefore, commit: RevisionCommit): AddedRevision {
  const { committed, state, changes } = commit;
  const { update, first, by } = committed;
  const [newest] = latest;
  if (newest !== undefined && update <= newest.update) {
    throw new ClarionError(
      'invalid-input',
      `update ${update} of feed ${state.feed} is not later than ${newest.update}`,
    );
  }
  const previousSuccess = newest === undefined ? undefined : before?.lastSuccess;
  const { at, ...times } = commitTimes(committed.at, latest);
  const revision = {
    feed: state.feed,
    update,
    at,
    changes,
    ...(first === true ? { first } : {}),
    ...(by === undefined ? {} : { by }),
    state: revisionState(state),
    ...(previousSuccess === undefined ? {} : { previousSuccess }),
  };
  return { revision, ...times };
}
