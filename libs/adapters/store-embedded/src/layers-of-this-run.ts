import type { Digest, ImageStore, LayerIndex, LayerStore, SeenFile, SeenFileStore } from '@clarion/model';

type Facts = Omit<LayerStore, 'layerBytes'> & SeenFileStore & Pick<ImageStore, 'image' | 'putImage'>;

/** Keeps what is read of layers while the store is not writable, so that an image can still be reported. */
export function layersOfThisRun(stored: Facts): Facts {
  const layers = new Map<Digest, LayerIndex>();
  const blobs = new Map<Digest, Digest>();
  const seen = new Map<string, SeenFile>();
  return {
    missing: async (diffId, detectors) => {
      const here = layers.get(diffId)?.detections ?? [];
      const missing = await stored.missing(diffId, detectors);
      return missing.filter(({ id, version }) => !here.some((one) => one.detector === id && one.version === version));
    },
    putLayer: async (layer) => {
      const known = layers.get(layer.diffId)?.detections ?? [];
      const others = known.filter(
        ({ detector, version }) =>
          !layer.detections.some((one) => one.detector === detector && one.version === version),
      );
      layers.set(layer.diffId, { ...layer, detections: [...others, ...layer.detections] });
      for (const blob of layer.blobs) blobs.set(blob, layer.diffId);
      await Promise.resolve();
    },
    layer: async (diffId, detectors) => {
      const here = layers.get(diffId);
      const before = await stored.layer(diffId, detectors);
      if (here === undefined) return before;
      const known = [...here.detections, ...(before?.detections ?? [])];
      const detections = detectors.flatMap(
        ({ id, version }) => known.find((one) => one.detector === id && one.version === version) ?? [],
      );
      return { ...here, detections };
    },
    diffIdOfBlob: async (blob) => blobs.get(blob) ?? (await stored.diffIdOfBlob(blob)),
    seenFile: async (key) => seen.get(key) ?? (await stored.seenFile(key)),
    putSeenFile: async (key, file) => {
      seen.set(key, file);
      await Promise.resolve();
    },
    image: (manifestDigest) => stored.image(manifestDigest),
    // The time of the last use only matters for pruning, and a read-only store prunes nothing.
    putImage: () => Promise.resolve(),
  };
}
