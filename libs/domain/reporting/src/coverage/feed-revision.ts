import { hash } from 'node:crypto';
import type { FeedState } from '@clarion/model';

/**
 * Names the state of a feed's data by the documents it was read from and the version of their reader: 128 bits in hex,
 * the same wherever and whenever the same documents were read. Null for a feed that was never loaded.
 */
export function revisionOf({ lastSuccess, parserVersion, documents }: FeedState): string | null {
  if (lastSuccess === undefined) return null;
  const read = Object.entries(documents)
    .map(([name, { validators, patched }]) => [name, validators.contentDigest ?? null, patched ?? null])
    .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
  return hash('sha256', JSON.stringify([parserVersion, read]), 'hex').slice(0, 32);
}

/**
 * The time for which the facts of a feed are known to be right: when they were last compared with the upstream; for a
 * mirror, when it was made. Undefined: never loaded.
 */
export function currentAtOf({
  lastSuccess,
  mirroredAt,
}: Pick<FeedState, 'lastSuccess' | 'mirroredAt'>): string | undefined {
  if (lastSuccess === undefined || mirroredAt === undefined) return lastSuccess;
  // A mirror whose clock is a little ahead is not newer than the time it was read.
  return mirroredAt < lastSuccess ? mirroredAt : lastSuccess;
}

/** The most that clocks may differ: nothing has happened at a time that is further ahead. */
const clockSkewMillis = 3_600_000;

/** Whether a time (RFC 3339) is further ahead of `now` than clocks differ. */
export function isAhead(time: string, now: Date): boolean {
  return Date.parse(time) - now.getTime() > clockSkewMillis;
}

/**
 * Whether facts of a feed are at most this old. False for a feed that was never loaded, and for an unreadable or future
 * time: neither the feed's state nor its mirror can claim to be newer than now.
 */
export function isFresh(
  state: Pick<FeedState, 'lastSuccess' | 'mirroredAt'>,
  { now, maxMinutes }: { readonly now: Date; readonly maxMinutes: number },
): boolean {
  const { lastSuccess, mirroredAt } = state;
  const currentAt = currentAtOf(state);
  if (lastSuccess === undefined || currentAt === undefined || isAhead(currentAt, now)) return false;
  // A time that was in the future when it was read says nothing about the age.
  if (mirroredAt !== undefined && isAhead(mirroredAt, new Date(lastSuccess))) return false;
  return now.getTime() - Date.parse(currentAt) <= maxMinutes * 60_000;
}

/** The time of the newest facts of a feed: from its documents, else when they last changed here; null: never loaded. */
export function updatedAtOf({ lastSuccess, lastChange, documents }: FeedState): string | null {
  if (lastSuccess === undefined) return null;
  const times = Object.values(documents).map(({ modifiedAt }) => modifiedAt);
  const stated = times.filter((time) => time !== undefined).sort();
  return (stated.length === times.length ? stated.at(-1) : undefined) ?? lastChange ?? lastSuccess;
}
