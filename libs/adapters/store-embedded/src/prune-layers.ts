import type { Digest, LayerIndex, StoredImage } from '@clarion/model';
import { unfinishedStates } from '@clarion/store-rules';

import { type StoreEnvironment, read } from './environment';
import { imageOf, toImage } from './image-records';
import { behind, keysBelow, lastPart, recordKey, shortDigest } from './keys';
import { removeInBatches } from './removal';

const imagesAtOnce = 500;

/** Removes layers that were last used before a day and that no image needs; returns their number. */
export async function pruneLayers(env: StoreEnvironment, firstKeptDay: number): Promise<number> {
  const { db } = env;
  const needed = await layersOfScannedImages(env);
  let awaited: ReadonlySet<string> = new Set();
  const isNeeded = ({ diffId }: LayerIndex) => needed.has(diffId) || awaited.has(diffId) || isInImage(env, diffId);
  return removeInBatches(env, keysBelow('used'), {
    matches: (day) => (day as number) < firstKeptDay,
    begin: () => {
      awaited = awaitedLayers(env);
    },
    remove: (key) => {
      const layer = db.get(`layer\t${lastPart(key)}`) as LayerIndex | undefined;
      if (layer === undefined) db.removeSync(key);
      if (layer === undefined || isNeeded(layer)) return false;
      removeLayer(env, layer);
      return true;
    },
  });
}

/**
 * Layers of images that only a command line scanned: these have no index. Their layers count as used with the image.
 */
async function layersOfScannedImages(env: StoreEnvironment): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  const { start, end } = keysBelow('image');
  for (let from = start; ;) {
    const bounds = { start: from, end, limit: imagesAtOnce };
    const rows = read(env, (transaction) => Array.from(env.db.getRange({ ...bounds, transaction })));
    for (const { value } of rows) {
      const image = toImage(value);
      if (image?.submission !== undefined) continue;
      for (const layer of layersEver(image)) needed.add(layer);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < imagesAtOnce) return needed;
    from = behind(last.key);
    await new Promise(setImmediate);
  }
}

function isInImage(env: StoreEnvironment, diffId: Digest): boolean {
  for (const key of env.db.getKeys(keysBelow('image-layer', shortDigest(diffId)))) {
    if (layersEver(imageOf(env, lastPart(key))).includes(diffId)) return true;
  }
  return false;
}

/** Layers that an image has, or had when it was indexed before. */
function layersEver(image: StoredImage | undefined): readonly Digest[] {
  return [image?.layers ?? [], ...(image?.earlier ?? []).map(({ layers }) => layers)].flat();
}

/** Layers of unfinished images, listed by the image or as the known content of its blobs. */
function awaitedLayers(env: StoreEnvironment): ReadonlySet<string> {
  const { db } = env;
  const awaited = new Set<string>();
  for (const state of unfinishedStates) {
    for (const key of db.getKeys(keysBelow('image-state', state))) {
      for (const { diffId, digest } of imageOf(env, lastPart(key))?.image.layers ?? []) {
        const known = digest === undefined ? undefined : (db.get(recordKey('blob', digest)) as Digest | undefined);
        for (const layer of [diffId, known]) if (layer !== undefined) awaited.add(layer);
      }
    }
  }
  return awaited;
}

function removeLayer(env: StoreEnvironment, layer: Pick<LayerIndex, 'diffId' | 'blobs'>): void {
  const { db } = env;
  const detections = Array.from(db.getKeys(keysBelow('detection', layer.diffId)));
  const blobs = layer.blobs.map((blob) => recordKey('blob', blob));
  const own = [recordKey('layer', layer.diffId), recordKey('used', layer.diffId)];
  for (const key of [...own, ...detections, ...blobs]) db.removeSync(key);
}
