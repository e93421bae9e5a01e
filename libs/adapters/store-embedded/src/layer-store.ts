import type { LayerDetection, DetectorKey, Digest, LayerIndex, LayerStore } from '@clarion/model';
import { dayOf } from '@clarion/store-rules';

import { type StoreEnvironment, read, settle, write } from './environment';
import { recordKey } from './keys';
import { othersCommit, settleWrite } from './long-commits';

/** The record under a layer's own key; detections are separate records, so that one can be added without the rest. */
type LayerRecord = Omit<LayerIndex, 'detections'>;

/** Facts about layers, by diffID. */
export function layerStore(env: StoreEnvironment): LayerStore {
  const { db } = env;
  return {
    missing: (diffId, detectors) =>
      settle(() =>
        read(env, (transaction) => {
          // Only the presence counts: decoding a record takes far longer than finding it.
          const isStored = (key: string): boolean => db.doesExist(key, undefined, { transaction });
          if (!isStored(recordKey('layer', diffId))) return detectors;
          return detectors.filter((detector) => !isStored(detectionKey(diffId, detector)));
        }),
      ),
    putLayer: (layer) =>
      settleWrite(env, () => {
        putLayer(env, layer);
      }),
    layer: (diffId, detectors) =>
      settle(() => {
        const found = read(env, (transaction): LayerIndex | undefined => {
          const record = db.get(recordKey('layer', diffId), { transaction }) as LayerRecord | undefined;
          if (record === undefined) return undefined;
          const detections = detectors.map(
            (detector) => db.get(detectionKey(diffId, detector), { transaction }) as LayerDetection | undefined,
          );
          return { ...record, detections: detections.filter((detection) => detection !== undefined) };
        });
        if (found !== undefined) touch(env, diffId);
        return found;
      }),
    layerBytes: (diffId, detectors) =>
      settle(() =>
        read(env, () => {
          const keys = detectors.map((detector) => detectionKey(diffId, detector));
          return [recordKey('layer', diffId), ...keys].reduce((sum, key) => sum + (db.getBinary(key)?.length ?? 0), 0);
        }),
      ),
    diffIdOfBlob: (blob) =>
      settle(() => read(env, (transaction) => db.get(recordKey('blob', blob), { transaction }) as Digest | undefined)),
  };
}

function detectionKey(diffId: Digest, { id, version }: DetectorKey): string {
  return recordKey('detection', diffId, id, String(version));
}

function putLayer(env: StoreEnvironment, layer: LayerIndex): void {
  const { db } = env;
  const { detections, ...record } = layer;
  const key = recordKey('layer', layer.diffId);
  write(env, () => {
    const known = db.get(key) as LayerRecord | undefined;
    const blobs = [...new Set([...(known?.blobs ?? []), ...layer.blobs])];
    db.putSync(key, { ...record, blobs } satisfies LayerRecord);
    for (const blob of layer.blobs) db.putSync(recordKey('blob', blob), layer.diffId);
    for (const detection of detections) {
      const { detector: id, version } = detection;
      db.putSync(detectionKey(layer.diffId, { id, version }), detection);
    }
    db.putSync(recordKey('used', layer.diffId), dayOf(env.now()));
  });
}

/** Stores the day of use. At most one write per layer and day, so that a warm scan only reads. */
function touch(env: StoreEnvironment, diffId: Digest): void {
  const key = recordKey('used', diffId);
  const today = dayOf(env.now());
  if (env.readOnly || env.db.get(key) === today || othersCommit(env)) return;
  try {
    write(env, () => {
      env.db.putSync(key, today);
    });
  } catch {
    // The facts were read; on a full disk the layer is only pruned a little earlier.
  }
}
