import { notificationKinds, type AffectedImage, type NotificationKind } from '@clarion/model';
import { invalidCursor } from '@clarion/store-rules';
import type { Transaction } from 'lmdb';

import { type StoreEnvironment, unpack } from './environment';
import { keysBelow, recordKey } from './keys';
import { packDigests, type PackedDigests, unpackDigests } from './packed-digests';
import { merge, type PageItem } from './pages';

/** An image with its number in the order in which all of a notification were put. */
type Numbered = readonly [number: number, image: AffectedImage];

/**
 * Images of one transition, up to 256. The findings before and after are the same in nearly all of them, so they are
 * stored once; a chunk's key ends with the number of its first image.
 */
interface Chunk {
  readonly sides: readonly (readonly [before: AffectedImage['before'], after: AffectedImage['after']])[];
  readonly numbers: readonly number[];
  /** Of each image, the number of its sides. */
  readonly sidesOf: readonly number[];
  readonly digests: PackedDigests;
  readonly references: readonly (readonly string[])[];
  /** Absent when no image of the chunk has any. */
  readonly former?: readonly (readonly string[] | null)[];
  /** Absent when no image of the chunk has one. */
  readonly deadlines?: readonly (string | null)[];
}

const chunkSize = 256;
/** Digits of a number in a key. */
const digits = 12;

/**
 * One attempt to put all images of a notification. A killed attempt leaves images that are invisible, because the
 * notification names its attempt; the next attempt removes them.
 */
export interface NotificationAttempt {
  readonly notification: string;
  readonly attempt: string;
}

function chunkKey({ notification, attempt }: NotificationAttempt, transition: NotificationKind, first: number): string {
  return recordKey('affected', notification, attempt, transition, String(first).padStart(digits, '0'));
}

/** Writes images with the numbers from `first` on. Inside of a write transaction. */
export function putAffected(
  env: StoreEnvironment,
  of: NotificationAttempt,
  images: { first: number; page: readonly AffectedImage[] },
): void {
  for (const transition of notificationKinds) {
    const all = images.page.map((image, index): Numbered => [images.first + index, image]);
    const own = all.filter(([, image]) => image.transition === transition);
    for (let start = 0; start < own.length; start += chunkSize) {
      const chunk = own.slice(start, start + chunkSize);
      const key = chunkKey(of, transition, chunk[0]?.[0] ?? 0);
      // Not compressed: digests do not compress, and notifications wait for this.
      env.db.putSync(key, chunkOf(chunk));
    }
  }
}

function chunkOf(images: readonly Numbered[]): Chunk {
  const sides: Chunk['sides'][number][] = [];
  const sidesOf = images.map(([, { before, after }]) => {
    // Callers that put many images reuse the same lists for images with equal findings.
    const known = sides.findLastIndex(([was, is]) => was === before && is === after);
    return known < 0 ? sides.push([before, after]) - 1 : known;
  });
  return {
    ...{ sides, sidesOf },
    numbers: images.map(([number]) => number),
    digests: packDigests(images.map(([, { image }]) => image)),
    references: images.map(([, { references }]) => references),
    ...(images.some(([, { formerReferences }]) => formerReferences !== undefined)
      ? { former: images.map(([, { formerReferences }]) => formerReferences ?? null) }
      : {}),
    ...(images.some(([, { deadline }]) => deadline !== undefined)
      ? { deadlines: images.map(([, { deadline }]) => deadline ?? null) }
      : {}),
  };
}

function* imagesOf(
  { sides, numbers, sidesOf, digests, references, former, deadlines }: Chunk,
  transition: NotificationKind,
): Generator<Numbered> {
  const digestOf = unpackDigests(digests);
  for (const [index, number] of numbers.entries()) {
    const [before = [], after = []] = sides[sidesOf[index] ?? 0] ?? [];
    const moved = former?.[index] ?? undefined;
    const deadline = deadlines?.[index] ?? undefined;
    const names = {
      references: references[index] ?? [],
      ...(moved === undefined ? {} : { formerReferences: moved }),
      ...(deadline === undefined ? {} : { deadline }),
    };
    yield [number, { image: digestOf(index), ...names, transition, before, after }];
  }
}

/** Images with their numbers as cursors, from just after a cursor, of one transition or of all. */
export function* affectedFrom(
  env: StoreEnvironment,
  of: NotificationAttempt,
  query: { transition: NotificationKind | undefined; after: string | undefined; transaction: Transaction },
): Generator<PageItem<AffectedImage>> {
  const { transition, transaction } = query;
  const first = query.after === undefined ? 0 : numberOf(query.after) + 1;
  const kinds = transition === undefined ? notificationKinds : [transition];
  const sequences = kinds.map((kind) => numbered(env, chunkKey(of, kind, first), { kind, first, transaction }));
  for (const [number, image] of merge(sequences, ([a], [b]) => a - b)) yield [String(number), image];
}

function* numbered(
  env: StoreEnvironment,
  key: string,
  { kind, first, transaction }: { kind: NotificationKind; first: number; transaction: Transaction },
): Generator<Numbered> {
  const bounds = { start: key.slice(0, -digits), end: `${key.slice(0, -digits - 1)}\n` };
  // The image with this number may be in the middle of the chunk that begins before it.
  const [begun] = env.db.getKeys({ start: key, end: bounds.start, reverse: true, limit: 1, transaction });
  for (const { value } of env.db.getRange({ start: begun ?? key, end: bounds.end, transaction })) {
    for (const one of imagesOf(unpack(env, value) as Chunk, kind)) if (one[0] >= first) yield one;
  }
}

function numberOf(position: string): number {
  if (/^\d{1,11}$/.test(position)) return Number(position);
  throw invalidCursor('the images of a notification');
}

/** Removes the images of a notification, of all attempts or all but one. Inside of a write transaction. */
export function removeAffected(env: StoreEnvironment, notification: string, keep?: string): void {
  const kept = keep === undefined ? undefined : `${recordKey('affected', notification, keep)}\t`;
  for (const key of Array.from(env.db.getKeys(keysBelow('affected', notification)))) {
    if (kept === undefined || !key.startsWith(kept)) env.db.removeSync(key);
  }
}
