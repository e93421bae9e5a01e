import { ClarionError, transitionKinds, type AffectedImage, type TransitionKind } from '@clarion/model';
import type { Transaction } from 'lmdb';

import { encode, type Environment, unpack } from './environment';
import { keysBelow, recordKey } from './keys';
import { merge, type Placed } from './pages';

/**
 * Images of a notification, packed by up to 256 of one transition: packages and versions are nearly the same in all of
 * them. Each has its number in the order in which all were put; a chunk's key ends with its first.
 */
type Numbered = readonly [number: number, image: AffectedImage];

const chunkSize = 256;
/** Digits of a number in a key. */
const digits = 12;

/**
 * One attempt to put all images of a notification. A killed one leaves images that nobody sees, as the notification names
 * its attempt, and that the next one removes.
 */
export interface Attempt {
  readonly notification: string;
  readonly attempt: string;
}

function chunkKey({ notification, attempt }: Attempt, transition: TransitionKind, first: number): string {
  return recordKey('affected', notification, attempt, transition, String(first).padStart(digits, '0'));
}

/** Writes images with the numbers from `first` on. Inside of a write transaction. */
export function putAffected(
  env: Environment,
  of: Attempt,
  images: { first: number; page: readonly AffectedImage[] },
): void {
  for (const transition of transitionKinds) {
    const all = images.page.map((image, index): Numbered => [images.first + index, image]);
    const own = all.filter(([, image]) => image.transition === transition);
    for (let start = 0; start < own.length; start += chunkSize) {
      const chunk = own.slice(start, start + chunkSize);
      const key = chunkKey(of, transition, chunk[0]?.[0] ?? 0);
      env.db.putSync(key, env.lmdb.asBinary(encode(env, chunk)));
    }
  }
}

/** Images with their numbers as places, from just after a place, of one transition or of all. */
export function* affectedFrom(
  env: Environment,
  of: Attempt,
  query: { transition: TransitionKind | undefined; after: string | undefined; transaction: Transaction },
): Generator<Placed<AffectedImage>> {
  const { transition, transaction } = query;
  const first = query.after === undefined ? 0 : numberOf(query.after) + 1;
  const kinds = transition === undefined ? transitionKinds : [transition];
  const sequences = kinds.map((kind) => numbered(env, chunkKey(of, kind, first), { first, transaction }));
  for (const [number, image] of merge(sequences, ([a], [b]) => a - b)) yield [String(number), image];
}

function* numbered(
  env: Environment,
  key: string,
  { first, transaction }: { first: number; transaction: Transaction },
): Generator<Numbered> {
  const bounds = { start: key.slice(0, -digits), end: `${key.slice(0, -digits - 1)}\n` };
  // The image with this number may stand in the middle of the chunk that begins before it.
  const [begun] = env.db.getKeys({ start: key, end: bounds.start, reverse: true, limit: 1, transaction });
  for (const { value } of env.db.getRange({ start: begun ?? key, end: bounds.end, transaction })) {
    for (const one of unpack(env, value) as readonly Numbered[]) if (one[0] >= first) yield one;
  }
}

function numberOf(place: string): number {
  if (/^\d{1,11}$/.test(place)) return Number(place);
  throw new ClarionError('invalid-input', 'this is no place in the images of a notification');
}

/** Removes the images of a notification, of all attempts or all but one. Inside of a write transaction. */
export function removeAffected(env: Environment, notification: string, keep?: string): void {
  const kept = keep === undefined ? undefined : `${recordKey('affected', notification, keep)}\t`;
  for (const key of Array.from(env.db.getKeys(keysBelow('affected', notification)))) {
    if (kept === undefined || !key.startsWith(kept)) env.db.removeSync(key);
  }
}
