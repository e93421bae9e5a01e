import {
  ClarionError,
  isDigest,
  type ImageNames,
  type ImageQuery,
  type ImageStore,
  type StoredImage,
} from '@clarion/model';
import { changedImage, checkLimit, scannedImage } from '@clarion/store-rules';
import type { Transaction } from 'lmdb';

import { type StoreEnvironment, read, settle, write } from './environment';
import { imageOf, namesOfRow, toImage, writeImage } from './image-records';
import { behind, keysBelow, lastPart, recordKey, shortDigest } from './keys';
import { settleWrite } from './long-commits';
import { firstPage, type PageItem } from './pages';
import type { WriteBatches } from './write-batches';

/** What LMDB's binding has, but not in its types. */
interface CommitStats {
  /** Of the last transaction that any process has committed. */
  readonly lastTxnId: number;
}

/** Images by manifest digest, submitted ones with the rows that they are found by. */
export function imageStore(env: StoreEnvironment, batched: WriteBatches): ImageStore {
  return {
    putImage: (image) =>
      settleWrite(env, () => {
        const known = read(env, (transaction) => imageOf(env, image.manifestDigest, { transaction }));
        if (scannedImage(known, image) === undefined) return;
        write(env, () => {
          const current = imageOf(env, image.manifestDigest);
          const next = scannedImage(current, image);
          if (next !== undefined) writeImage(env, current, next);
        });
      }),
    image: (manifestDigest) => settle(() => read(env, (transaction) => imageOf(env, manifestDigest, { transaction }))),
    changeImage: async (manifestDigest, change) => {
      requireDigest(manifestDigest);
      // Usually a change has no effect; then the caller need not wait for the disk.
      const known = read(env, (transaction) => imageOf(env, manifestDigest, { transaction }));
      if (changedImage(manifestDigest, known, change) === undefined) return known;
      return batched(() => {
        const current = imageOf(env, manifestDigest);
        const next = changedImage(manifestDigest, current, change);
        if (next === undefined) return { result: current };
        const apply = () => {
          writeImage(env, current, next);
        };
        return { write: apply, result: next };
      });
    },
    images: (query, page) =>
      settle(() => {
        checkLimit(page);
        return read(env, (transaction) => firstPage(found(env, query, { after: page.after, transaction }), page));
      }),
    imageNames: (composition, page) =>
      settle(() => {
        checkLimit(page);
        return read(env, (transaction) =>
          firstPage(namesOf(env, composition, { after: page.after, transaction }), page),
        );
      }),
    lastWrite: () => settle(() => read(env, () => String((env.db.getStats() as CommitStats).lastTxnId))),
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

function requireDigest(text: string): void {
  const isValid: boolean = isDigest(text);
  if (!isValid) throw new ClarionError('invalid-input', `not a digest: ${text.slice(0, 200)}`);
}

interface Snapshot {
  readonly after: string | undefined;
  readonly transaction: Transaction;
}

function* found(env: StoreEnvironment, query: ImageQuery, snapshot: Snapshot): Generator<PageItem<StoredImage>> {
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

/** Conditions that an index does not cover, or not reliably. */
function answers(query: ImageQuery, image: StoredImage): boolean {
  if (query.by === 'state') return image.submission?.state === query.state;
  return query.by !== 'layer' || image.layers.includes(query.layer);
}

function* everyImage(env: StoreEnvironment, { after, transaction }: Snapshot): Generator<StoredImage> {
  const bounds = keysBelow('image');
  const start = after === undefined ? bounds.start : behind(recordKey('image', after));
  for (const { value } of env.db.getRange({ ...bounds, start, transaction })) {
    const image = toImage(value);
    if (image !== undefined) yield image;
  }
}

function* namesOf(
  env: StoreEnvironment,
  composition: string,
  { after, transaction }: Snapshot,
): Generator<PageItem<ImageNames>> {
  const bounds = keysBelow('image-composition', composition);
  const start = after === undefined ? bounds.start : behind(recordKey('image-composition', composition, after));
  for (const { key, value } of env.db.getRange({ ...bounds, start, transaction })) {
    const manifestDigest = lastPart(key);
    yield [manifestDigest, namesOfRow(manifestDigest, value as readonly string[])];
  }
}

function* imagesOfRows(
  env: StoreEnvironment,
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
