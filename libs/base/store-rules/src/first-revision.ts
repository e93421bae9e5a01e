import { type CommittedRevision, type FeedState, firstTimeOrderedId } from '@clarion/model';

/**
 * The revision that the facts of a feed get, which a Clarion without a history stored: they have been what they are
 * since the last update or successful check. Undefined for a feed without facts.
 */
export function firstRevisionOf({ lastSuccess, lastChange }: FeedState): CommittedRevision | undefined {
  const times = [lastSuccess, lastChange].filter((time) => time !== undefined && !Number.isNaN(Date.parse(time)));
  const at = times.sort().at(-1);
  if (at === undefined) return undefined;
  // The ids of updates before it are of the same millisecond at the latest.
  return { update: firstTimeOrderedId(new Date(Date.parse(at) + 1)), at, first: true };
}
