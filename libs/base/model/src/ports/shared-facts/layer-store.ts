import type { DetectorKey } from '../../contracts';
import type { Digest } from '../../digest';
import type { LayerIndex } from '../../layer';

/** Facts about layers. All writes are idempotent: every key is content-addressed. */
export interface LayerStore {
  /** Those of `detectors` whose results for this layer are not stored. */
  missing(diffId: Digest, detectors: readonly DetectorKey[]): Promise<readonly DetectorKey[]>;
  /** Stores or replaces structure and problems; adds blobs and detections to those already there. */
  putLayer(layer: LayerIndex): Promise<void>;
  /** The layer with the detections of exactly the requested detectors; undefined when never read. */
  layer(diffId: Digest, detectors: readonly DetectorKey[]): Promise<LayerIndex | undefined>;
  /** About how many bytes of facts `layer` has to read, without reading them; 0 for a layer that was never read. */
  layerBytes(diffId: Digest, detectors: readonly DetectorKey[]): Promise<number>;
  /** diffID of the layer in a verified blob. */
  diffIdOfBlob(blob: Digest): Promise<Digest | undefined>;
}
