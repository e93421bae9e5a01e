import { ClarionError } from '@clarion/model';

/** RFC 3339 in milliseconds since 1970: texts of different precision have no order. Throws `invalid-input`. */
export function millisOf(time: string): number {
  const millis = Date.parse(time);
  if (Number.isNaN(millis)) throw new ClarionError('invalid-input', `not a time: ${time.slice(0, 100)}`);
  return millis;
}

/** A time in a form whose text order is the order of time. Throws `invalid-input`. */
export function sortableTime(time: string): string {
  return new Date(millisOf(time)).toISOString();
}
