import { repositoryOf, type StoredImage } from '@clarion/model';

import type { Environment } from './environment';
import { recordKey, shortDigest } from './keys';
import { packImage, type PackedImage, unpackImage } from './packed-image';

/** The stored image of a digest. `transaction` is that of a snapshot; inside of a write transaction there is none. */
export function imageOf(
  env: Environment,
  manifestDigest: string,
  options: Parameters<Environment['db']['get']>[1] = {},
): StoredImage | undefined {
  return toImage(env.db.get(recordKey('image', manifestDigest), options));
}

/** The image in a record. */
export function toImage(stored: unknown): StoredImage | undefined {
  return stored === undefined ? undefined : unpackImage(stored as PackedImage);
}

/** Replaces an image and the rows that it is found by; without `next`, removes them. Inside of a write transaction. */
export function writeImage(env: Environment, known: StoredImage | undefined, next: StoredImage | undefined): void {
  const { db } = env;
  const image = next ?? known;
  if (image === undefined) return;
  const before = indexRows(known);
  const after = indexRows(next);
  for (const row of before) if (!after.has(row)) db.removeSync(row);
  for (const row of after) if (!before.has(row)) db.putSync(row, true);
  const key = recordKey('image', image.manifestDigest);
  if (next === undefined) db.removeSync(key);
  else db.putSync(key, packImage(next));
}

/**
 * The keys of the rows that an image is found by. Images that nobody submitted have none, and neither has the state that
 * nearly all have: they are all there is.
 */
function indexRows(image: StoredImage | undefined): ReadonlySet<string> {
  const rows = new Set<string>();
  if (image?.submission === undefined) return rows;
  const { manifestDigest, submission, references = [], composition, layers } = image;
  if (submission.state !== 'indexed') rows.add(recordKey('image-state', submission.state, manifestDigest));
  for (const reference of references) rows.add(recordKey('image-repository', repositoryOf(reference), manifestDigest));
  if (composition !== undefined) rows.add(recordKey('image-composition', composition, manifestDigest));
  for (const layer of layers) rows.add(recordKey('image-layer', shortDigest(layer), manifestDigest));
  return rows;
}
