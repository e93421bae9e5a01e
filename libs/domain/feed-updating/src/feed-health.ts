import { isAhead } from '@clarion/reporting';
import { describeMissing, feedName, type FeedSource, type FeedState } from '@clarion/model';

/**
 * How a feed's updates go: `waiting` was never tried, `partial` went well where documents are missing, `warning` failed
 * last time, `error` has failed for too long, or says that it was loaded in the future.
 */
export type FeedLevel = 'ok' | 'partial' | 'waiting' | 'warning' | 'error';

export interface FeedHealth {
  readonly level: FeedLevel;
  /** Since the last success, or since every attempt failed where there was none; null before the first attempt, and for a time of the future. */
  readonly ageSeconds: number | null;
}

const day = 24 * 60 * 60;

/** A failing feed is an error after a day without success, or after four of its intervals where that is longer. */
function errorAfterSeconds({ refreshMinutes }: Pick<FeedSource, 'refreshMinutes'>): number {
  return Math.max(day, 4 * refreshMinutes * 60);
}

/** Tells how the updates of a feed go. */
export function feedHealth(
  feed: Pick<FeedSource, 'refreshMinutes'>,
  state: FeedState | undefined,
  now: Date,
): FeedHealth {
  const since = state?.lastSuccess ?? state?.failingSince ?? state?.lastAttempt;
  if (since === undefined) return { level: 'waiting', ageSeconds: null };
  if (isAhead(since, now)) return { level: 'error', ageSeconds: null };
  const ageSeconds = Math.max(0, Math.round((now.getTime() - Date.parse(since)) / 1000));
  if (state?.lastError === undefined) return { level: state?.missing === undefined ? 'ok' : 'partial', ageSeconds };
  return { level: ageSeconds > errorAfterSeconds(feed) ? 'error' : 'warning', ageSeconds };
}

/** One line about a feed that fails: what, since when, why; undefined for one that does not. */
export function describeFailure(
  feed: Pick<FeedSource, 'id' | 'name' | 'refreshMinutes'>,
  state: FeedState | undefined,
  now: Date,
): string | undefined {
  const { level, ageSeconds } = feedHealth(feed, state, now);
  if (level !== 'warning' && level !== 'error') return undefined;
  const { lastSuccess } = state ?? {};
  if (lastSuccess !== undefined && isAhead(lastSuccess, now)) {
    return `${feedName(feed)} says that it was loaded at ${lastSuccess}: that is in the future, or the clock here is wrong`;
  }
  const success =
    lastSuccess === undefined ? 'was never loaded' : `has had no success for ${duration(ageSeconds ?? 0)}`;
  return `${feedName(feed)} ${success}: ${state?.lastError ?? 'unknown failure'}`;
}

/** One line about a feed that lacks documents; undefined for one that is whole. */
export function describePartial(
  feed: Pick<FeedSource, 'id' | 'name'>,
  { missing = [] }: Pick<FeedState, 'missing'>,
): string | undefined {
  return describeMissing(
    feedName(feed),
    missing.map(({ name }) => name),
  );
}

function duration(seconds: number): string {
  if (seconds >= 2 * day) return `${Math.floor(seconds / day)} days`;
  if (seconds >= 2 * 3600) return `${Math.floor(seconds / 3600)} hours`;
  return `${Math.floor(seconds / 60)} minutes`;
}
