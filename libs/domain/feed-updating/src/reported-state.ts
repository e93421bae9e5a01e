import { type FeedState, revisionState } from '@clarion/model';
import { isSameValue } from './same-value';

/**
 * Whether reports can differ between two states of a feed with the same facts: they show its documents, what is missing
 * of it, and whether it is out of date. When it was read last is known without a revision.
 */
export function isReportedAlike(one: FeedState, other: FeedState): boolean {
  return isSameValue(reportedState(one), reportedState(other));
}

function reportedState(state: FeedState): Partial<FeedState> {
  const { lastAttempt: _attempt, lastSuccess: _success, lastError: _error, failingSince: _since, ...rest } = state;
  return revisionState(rest);
}
