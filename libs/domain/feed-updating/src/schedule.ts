import { isAhead } from '@clarion/reporting';
import type { EventOf, FeedSource, FeedState } from '@clarion/model';

export interface ScheduleOptions {
  readonly now: Date;
  /** 0 to 1, different for each feed: spreads installations over time. */
  readonly jitter: (feed: string) => number;
  /** Minutes between attempts after a failure; default 15, or the refresh interval if that is shorter. */
  readonly retryMinutes?: number;
}

/** Own feeds on this machine have no interval. A scan always updates them; a service uses this interval. */
const shortestMinutes = 5;

/** When to update a feed next: now if it was never loaded or was parsed by another version. */
export function nextUpdate(feed: FeedSource, state: FeedState | undefined, options: ScheduleOptions): Date {
  const { now, jitter, retryMinutes = 15 } = options;
  if (state?.lastAttempt === undefined) return now;
  const attempted = Date.parse(state.lastAttempt);
  if (!Number.isFinite(attempted) || isAhead(state.lastAttempt, now)) return now;
  const usual = state.lastError === undefined && state.parserVersion === feed.version;
  if (state.lastError === undefined && !usual) return now;
  const refresh = Math.max(feed.refreshMinutes, shortestMinutes);
  const minutes = usual ? refresh : Math.min(retryMinutes, refresh);
  // Up to a tenth later, never earlier: upstreams publish their shortest allowed intervals.
  return new Date(attempted + minutes * 60_000 * (1 + jitter(feed.id) / 10));
}

/**
 * The updates that are due. Several processes that check at the same time order the same updates: the request is named
 * after the previous attempt.
 */
export function dueUpdates(
  feeds: readonly FeedSource[],
  states: readonly FeedState[],
  options: ScheduleOptions,
): readonly EventOf<'work.feed'>[] {
  const stateOf = new Map(states.map((state) => [state.feed, state]));
  return feeds
    .filter((feed) => nextUpdate(feed, stateOf.get(feed.id), options) <= options.now)
    .map(({ id }) => ({
      kind: 'work.feed',
      feed: id,
      request: `after-${stateOf.get(id)?.lastAttempt ?? 'never'}`,
    }));
}
