import type { DetectorKey, Digest, LayerIndex, LayerStore } from '@clarion/model';
import { createRoom, type FactLimits } from './bounded-layers';

/** All that is remembered, together: the layers of some tens of base images. */
const defaultLimits: FactLimits = { facts: 100_000, characters: 16 * 1024 * 1024 };
/** A store notes on which days layers are used, so it has to be asked now and then. */
const defaultMillis = 600_000;

/**
 * Remembers the facts of layers in bounded memory: images that share layers then share their facts, which are read and
 * decoded once. Facts of a layer that lack those of a detector are not remembered, since they may be completed.
 */
export function rememberedLayers(
  store: Pick<LayerStore, 'layer'>,
  { limits = defaultLimits, millis = defaultMillis }: { readonly limits?: FactLimits; readonly millis?: number } = {},
): Pick<LayerStore, 'layer'> {
  let known = new Map<Digest, LayerIndex>();
  let room = createRoom(limits);
  let since = 0;
  let knownFor: readonly DetectorKey[] | undefined;
  const forget = (): void => {
    known = new Map();
    room = createRoom(limits);
    since = performance.now();
  };
  return {
    async layer(diffId, detectors) {
      if (detectors !== knownFor || performance.now() - since >= millis) forget();
      knownFor = detectors;
      const before = known.get(diffId);
      if (before !== undefined) return before;
      const loaded = await store.layer(diffId, detectors);
      if (loaded === undefined || loaded.detections.length < detectors.length || detectors !== knownFor) return loaded;
      if (!room.takes(loaded)) {
        forget();
        if (!room.takes(loaded)) return loaded;
      }
      known.set(diffId, loaded);
      return loaded;
    },
  };
}
