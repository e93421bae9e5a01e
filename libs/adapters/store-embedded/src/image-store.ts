import { isDeepStrictEqual } from 'node:util';

import {
  ClarionError,
  isDigest,
  type ImageChange,
  type ImageNames,
  type ImageQuery,
  type ImageStore,
  type StoredImage,
} from '@clarion/model';
import type { Transaction } from 'lmdb';

import { type Environment, read, settle, write } from './environment';
import { imageOf, toImage, writeImage } from './image-records';
import { behind, keysBelow, lastPart, recordKey, shortDigest } from './keys';
import { dayOf } from './layer-store';
import { settleWrite } from './long-commits';
import { checkLimit, firstPage, type Placed } from './pages';
import type { WriteBatches } from './write-batches';

/** Images by manifest digest, submitted ones with the rows that they are found by. */
export function imageStore(env: Environment, batched: WriteBatches): ImageStore {
  return {
    putImage: (image) =>
      settleWrite(env, () => {
        const known = read(env, (transaction) => imageOf(env, image.manifestDigest, { transaction }));
        // A scan of a known image writes nothing but, once a day, that it was used.
        if (known !== undefined && isUnchanged(known, merged(known, image))) return;
        write(env, () => {
          const current = imageOf(env, image.manifestDigest);
          writeImage(env, current, merged(current, image));
        });
      }),
    image: (manifestDigest) => settle(() => read(env, (transaction) => imageOf(env, manifestDigest, { transaction }))),
    changeImage: async (manifestDigest, change) => {
      requireDigest(manifestDigest);
      // Most often a change finds that there is nothing to do; then nobody waits for the disk.
      const known = read(env, (transaction) => imageOf(env, manifestDigest, { transaction }));
      if (changed(manifestDigest, known, change) === undefined) return known;
      return batched(() => {
        const current = imageOf(env, manifestDigest);
        const next = changed(manifestDigest, current, change);
        if (next === undefined) return { result: current };
        const apply = () => {
          writeImage(env, current, next);
        };
        return { write: apply, result: next };
      });
    },
    images: (query, page) =>
      settle(() => {
        checkLimit(page.limit);
        return read(env, (transaction) => firstPage(found(env, query, { after: page.after, transaction }), page));
      }),
    imageNames: (composition, page) =>
      settle(() => {
        checkLimit(page.limit);
        return read(env, (transaction) =>
          firstPage(namesOf(env, composition, { after: page.after, transaction }), page),
        );
      }),
    forgetImage: (manifestDigest) =>
      settleWrite(env, () =>
        write(env, () => {
          const known = imageOf(env, manifestDigest);
          writeImage(env, known, undefined);
          return known !== undefined;
        }),
      ),
  };
}

/** Of an image that was submitted, a scan on the command line only tells that it was used. */
function merged(known: StoredImage | undefined, image: StoredImage): StoredImage {
  if (known?.submission === undefined || image.submission !== undefined) return image;
  return Date.parse(known.usedAt) < Date.parse(image.usedAt) ? { ...known, usedAt: image.usedAt } : known;
}

function isUnchanged(known: StoredImage, image: StoredImage): boolean {
  const sameDay = dayOf(new Date(known.usedAt)) === dayOf(new Date(image.usedAt));
  return sameDay && isDeepStrictEqual({ ...known, usedAt: '' }, { ...image, usedAt: '' });
}

function requireDigest(text: string): void {
  const isValid: boolean = isDigest(text);
  if (!isValid) throw new ClarionError('invalid-input', `not a digest: ${text.slice(0, 200)}`);
}

/** The record after a change; undefined when it stays as it is. */
function changed(manifestDigest: string, known: StoredImage | undefined, change: ImageChange): StoredImage | undefined {
  const next = change(known);
  if (next === undefined || isDeepStrictEqual(known, next)) return undefined;
  if (next.manifestDigest !== manifestDigest) {
    throw new ClarionError('invalid-input', `a change of ${manifestDigest} gave ${next.manifestDigest}`);
  }
  return next;
}

interface Snapshot {
  readonly after: string | undefined;
  readonly transaction: Transaction;
}

function* found(env: Environment, query: ImageQuery, snapshot: Snapshot): Generator<Placed<StoredImage>> {
  const rows = rowsOf(query);
  const images = rows === undefined ? everyImage(env, snapshot) : imagesOfRows(env, rows, snapshot);
  for (const image of images) {
    if (image.submission !== undefined && answers(query, image)) yield [image.manifestDigest, image];
  }
}

/** The index that answers a question; undefined where only all images do. */
function rowsOf(query: ImageQuery): Parameters<typeof keysBelow> | undefined {
  switch (query.by) {
    case 'all':
      return undefined;
    case 'state':
      return query.state === 'indexed' ? undefined : ['image-state', query.state];
    case 'repository':
      return ['image-repository', query.repository];
    case 'composition':
      return ['image-composition', query.composition];
    case 'layer':
      return ['image-layer', shortDigest(query.layer)];
  }
}

/** What an index does not tell, or not surely. */
function answers(query: ImageQuery, image: StoredImage): boolean {
  if (query.by === 'state') return image.submission?.state === query.state;
  return query.by !== 'layer' || image.layers.includes(query.layer);
}

function* everyImage(env: Environment, { after, transaction }: Snapshot): Generator<StoredImage> {
  const bounds = keysBelow('image');
  const start = after === undefined ? bounds.start : behind(recordKey('image', after));
  for (const { value } of env.db.getRange({ ...bounds, start, transaction })) {
    const image = toImage(value);
    if (image !== undefined) yield image;
  }
}

function* namesOf(
  env: Environment,
  composition: string,
  { after, transaction }: Snapshot,
): Generator<Placed<ImageNames>> {
  const bounds = keysBelow('image-composition', composition);
  const start = after === undefined ? bounds.start : behind(recordKey('image-composition', composition, after));
  for (const { key, value } of env.db.getRange({ ...bounds, start, transaction })) {
    const manifestDigest = lastPart(key);
    yield [manifestDigest, { manifestDigest, references: value as readonly string[] }];
  }
}

function* imagesOfRows(
  env: Environment,
  rows: Parameters<typeof keysBelow>,
  { after, transaction }: Snapshot,
): Generator<StoredImage> {
  const bounds = keysBelow(...rows);
  const start = after === undefined ? bounds.start : behind(recordKey(...rows, after));
  for (const key of env.db.getKeys({ ...bounds, start, transaction })) {
    const image = imageOf(env, lastPart(key), { transaction });
    if (image !== undefined) yield image;
  }
}
