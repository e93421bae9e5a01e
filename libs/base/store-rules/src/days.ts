import { millisOf } from './times';

/** Milliseconds of a day. */
export const dayLength = 86_400_000;

/** Days since 1970 in UTC: the resolution of the time of last use. */
export function dayOf(time: Date): number {
  return Math.floor(time.getTime() / dayLength);
}

/**
 * The first day (`dayOf`) whose entries are kept when those not used since `before` (RFC 3339) are deleted: a day
 * counts as before only when it had ended by then. Throws `invalid-input` when it is not a time.
 */
export function firstDayKept(before: string): number {
  return dayOf(new Date(millisOf(before)));
}
