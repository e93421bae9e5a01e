import { createHash } from 'node:crypto';
import { ClarionError, type ChangedVulnerability } from '@clarion/model';

/**
 * Id of the notification about a changed vulnerability: a version 8 UUID (RFC 9562 §5.8) from the update's time and the
 * SHA-256 of both names. The same change always has the same id, and ids sort by the times of their updates. Throws
 * `invalid-input` when the update's id is not a version 7 UUID.
 */
export function notificationId({ update, vulnerability }: ChangedVulnerability): string {
  const time = timeBits(update);
  if (time === undefined)
    throw new ClarionError('invalid-input', `"${update.slice(0, 100)}" is not an id of an update`);
  const hash = createHash('sha256')
    .update(JSON.stringify([update, vulnerability]))
    .digest('hex');
  return uuid(time, hash);
}

/** The smallest notification id for updates at or after a time; older notifications sort before it. */
export function firstNotificationId(since: Date): string {
  return uuid(bitsOf(since), '0'.repeat(32));
}

function bitsOf(time: Date): string {
  return Math.max(0, time.getTime()).toString(16).padStart(12, '0');
}

/** The time of a notification's update, in milliseconds since 1970. */
export function updateMillis(id: string): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

function timeBits(update: string): string | undefined {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.exec(update);
  return match === null ? undefined : `${match[1] ?? ''}${match[2] ?? ''}`;
}

/** 48 bits of time, the version, 12 bits, the variant `10` as the digit `8`, 60 bits. */
function uuid(time: string, hash: string): string {
  const parts = [time.slice(0, 8), time.slice(8), `8${hash.slice(0, 3)}`, `8${hash.slice(3, 6)}`, hash.slice(6, 18)];
  return parts.join('-');
}
