import { isAhead } from '@clarion/reporting';
import { describeMissing, feedName, type FeedSource, type FeedState } from '@clarion/model';

/**
 * The health of a feed's updates. `waiting`: never tried. `partial`: succeeded, but documents are missing. `warning`:
 * the last attempt failed. `error`: has failed for too long, or its last success is in the future.
 */
export type FeedLevel = 'ok' | 'partial' | 'waiting' | 'warning' | 'error';

export interface FeedHealth {
  readonly level: FeedLevel;
  /**
   * Since the last success, or since the first failure when there was no success. Null before the first attempt, and
   * when that time is in the future.
   */
  readonly ageSeconds: number | null;
}

const day = 24 * 60 * 60;

/** A failing feed is an error after a day without success, or after four refresh intervals if that is longer. */
function errorAfterSeconds({ refreshMinutes }: Pick<FeedSource, 'refreshMinutes'>): number {
  return Math.max(day, 4 * refreshMinutes * 60);
}

/** Returns the health of a feed's updates. */
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

/** One line about a failing feed: what fails, since when and why; undefined for a feed that does not fail. */
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

/** One line about a feed with missing documents; undefined for a complete feed. */
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
