import type { LayerDetection, Digest, LayerIndex, LayerStore } from '@clarion/model';
import { dayOf } from '@clarion/store-rules';

import type { MongoContext } from './context';
import type { LayerDocument } from './documents';
import { keyPart, recordKey } from './keys';
import { explained } from './mongo-errors';
import { deletePages, packValue, readValue, unpackedBytes, writePages } from './packed-values';
import { bulkWrite, putValue, twice } from './writes';

/** The record under a layer's own key; detections and blobs are separate documents. */
type LayerRecord = Omit<LayerIndex, 'detections' | 'blobs'>;

/** More blobs of one layer than these are found by their digest all the same, but not listed with it. */
const mostBlobs = 1000;

/** Facts about layers, by diffID. */
export function layerStore(context: MongoContext): LayerStore {
  const layers = context.collection('layers');
  return {
    missing: (diffId, detectors) =>
      explained(async () => {
        const known = await layers.findOne({ _id: keyPart(diffId) }, { projection: { _id: 1 } });
        if (known === null) return [...detectors];
        const keys = detectors.map(({ id, version }) => detectionKey(diffId, id, version));
        const found = await context
          .collection('detections')
          .find({ _id: { $in: keys } }, { projection: { _id: 1 } })
          .toArray();
        const stored = new Set(found.map(({ _id }) => _id));
        return detectors.filter((_, index) => !stored.has(keys[index] ?? ''));
      }),
    putLayer: (layer) => explained(() => putLayer(context, layer)),
    layer: (diffId, detectors) =>
      explained(async () => {
        const document = await layers.findOne({ _id: keyPart(diffId) });
        if (document === null) return undefined;
        const record = (await readValue(context, 'layers', document)) as LayerRecord | undefined;
        if (record === undefined) return undefined;
        const keys = detectors.map(({ id, version }) => detectionKey(diffId, id, version));
        const detections = await readDetections(context, keys);
        await touch(context, document);
        return { ...record, blobs: document.blobs, detections };
      }),
    layerBytes: (diffId, detectors) =>
      explained(async () => {
        const document = await layers.findOne({ _id: keyPart(diffId) });
        const keys = detectors.map(({ id, version }) => detectionKey(diffId, id, version));
        const found = await context
          .collection('detections')
          .find({ _id: { $in: keys } })
          .toArray();
        return [...(document === null ? [] : [document]), ...found].reduce((sum, one) => sum + unpackedBytes(one), 0);
      }),
    diffIdOfBlob: (blob) =>
      explained(async () => (await context.collection('blobs').findOne({ _id: keyPart(blob) }))?.layer),
  };
}

function detectionKey(diffId: Digest, detector: string, version: number): string {
  return recordKey(diffId, detector, String(version));
}

async function readDetections(context: MongoContext, keys: readonly string[]): Promise<LayerDetection[]> {
  const found = await context
    .collection('detections')
    .find({ _id: { $in: [...keys] } })
    .toArray();
  const byKey = new Map(found.map((document) => [document._id, document]));
  const detections: LayerDetection[] = [];
  for (const key of keys) {
    const document = byKey.get(key);
    const value = document && (await readValue(context, 'detections', document));
    if (value !== undefined) detections.push(value as LayerDetection);
  }
  return detections;
}

/** The detections come first: a stored layer always has valid results. */
async function putLayer(context: MongoContext, layer: LayerIndex): Promise<void> {
  const { detections, blobs, ...record } = layer;
  const puts = detections.map((detection) => {
    const id = detectionKey(layer.diffId, detection.detector, detection.version);
    return putValue(context, 'detections', { id, value: detection, members: {} });
  });
  await Promise.all(puts);
  await putRecord(context, record, blobs);
  const writes = blobs.map((blob) => ({
    operation: {
      updateOne: { filter: { _id: keyPart(blob) }, update: { $set: { layer: layer.diffId } }, upsert: true },
    },
    bytes: 300,
  }));
  await bulkWrite(context, 'blobs', { writes });
}

async function putRecord(context: MongoContext, record: LayerRecord, blobs: readonly Digest[]): Promise<void> {
  const id = keyPart(record.diffId);
  const packed = packValue(record);
  await writePages(context, { collection: 'layers', id }, packed);
  const known = await context.collection('layers').findOne({ _id: id }, { projection: { blobs: 1 } });
  const room = Math.max(0, mostBlobs - (known?.blobs.length ?? 0));
  const before = await twice(() =>
    context.collection('layers').findOneAndUpdate(
      { _id: id },
      {
        $set: { ...packed.members, used: dayOf(context.now()) },
        ...(packed.members.g === undefined ? { $unset: { g: '', n: '' } } : {}),
        $addToSet: { blobs: { $each: blobs.slice(0, room) } },
      },
      { upsert: true, projection: { g: 1, n: 1 }, returnDocument: 'before' },
    ),
  );
  await deletePages(context, [before]);
}

/** Stores the day of use. At most one write per layer and day, so that a warm scan only reads. */
async function touch(context: MongoContext, { _id, used }: LayerDocument): Promise<void> {
  const today = dayOf(context.now());
  if (used === today) return;
  // The facts were read; if this write fails, the layer is only pruned a little earlier.
  await context
    .collection('layers')
    .updateOne({ _id }, { $set: { used: today } })
    .catch(() => undefined);
}
