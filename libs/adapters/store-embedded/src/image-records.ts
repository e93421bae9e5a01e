import { isDeepStrictEqual } from 'node:util';

import { type Digest, type ImageNames, repositoryOf, type StoredImage } from '@clarion/model';

import type { StoreEnvironment } from './environment';
import { recordKey, shortDigest } from './keys';
import { packImage, type PackedImage, unpackImage } from './packed-image';

/** The stored image of a digest. `transaction` is that of a snapshot; inside a write transaction it is absent. */
export function imageOf(
  env: StoreEnvironment,
  manifestDigest: string,
  options: Parameters<StoreEnvironment['db']['get']>[1] = {},
): StoredImage | undefined {
  return toImage(env.db.get(recordKey('image', manifestDigest), options));
}

/** The image in a record. */
export function toImage(stored: unknown): StoredImage | undefined {
  return stored === undefined ? undefined : unpackImage(stored as PackedImage);
}

/** Replaces an image and its index rows; without `next`, removes them. Inside a write transaction. */
export function writeImage(env: StoreEnvironment, known: StoredImage | undefined, next: StoredImage | undefined): void {
  const { db } = env;
  const image = next ?? known;
  if (image === undefined) return;
  const before = indexRows(known);
  const after = indexRows(next);
  for (const row of before.keys()) if (!after.has(row)) db.removeSync(row);
  for (const [row, value] of after) if (!isDeepStrictEqual(before.get(row), value)) db.putSync(row, value);
  const key = recordKey('image', image.manifestDigest);
  if (next === undefined) db.removeSync(key);
  else db.putSync(key, packImage(next));
}

/** The value of most rows, which only have to be there. */
type Row = true | readonly string[];

/**
 * The index rows of an image, by key: also of what it was indexed as before. Images without a submission have none, and neither has the most common state,
 * which covers nearly all images. The row of its composition contains its references, so that those of a hundred
 * thousand images are found without reading the images; its digest is among them if it serves as a name (`namesOfRow`).
 */
function indexRows(image: StoredImage | undefined): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>();
  if (image?.submission === undefined) return rows;
  const { manifestDigest, submission, references = [], byDigest, composition, layers, earlier = [] } = image;
  if (submission.state !== 'indexed') rows.set(recordKey('image-state', submission.state, manifestDigest), true);
  for (const reference of references) {
    rows.set(recordKey('image-repository', repositoryOf(reference), manifestDigest), true);
  }
  if (composition !== undefined) {
    const names = byDigest === true ? [...references, manifestDigest] : references;
    rows.set(recordKey('image-composition', composition, manifestDigest), names);
  }
  for (const layer of [layers, ...earlier.map((one) => one.layers)].flat()) {
    rows.set(recordKey('image-layer', shortDigest(layer), manifestDigest), true);
  }
  for (const { composition: before } of earlier) {
    if (before !== undefined) rows.set(recordKey('image-earlier', before, manifestDigest), true);
  }
  return rows;
}

/** What people know an image by, of the row of its composition. */
export function namesOfRow(manifestDigest: Digest, row: readonly string[]): ImageNames {
  const references = row.filter((name) => name !== manifestDigest);
  return { manifestDigest, references, ...(references.length < row.length ? { byDigest: true } : {}) };
}
