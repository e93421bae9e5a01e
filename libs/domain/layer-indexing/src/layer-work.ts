import type { ArchiveLimits } from '@clarion/layer-archive';
import type {
  LayerDescriptor,
  LayerIdentity,
  LayerContent,
  SeenFileStore,
  LayerStore,
  DetectorClient,
} from '@clarion/model';

/** A layer to read. */
export interface LayerWork {
  readonly descriptor: LayerDescriptor;
  /** Identifies its bytes without reading them, where known. */
  readonly identity?: LayerIdentity | undefined;
  /** Names the layer in errors. */
  readonly label: string;
  /**
   * Opens fresh content at each call: a layer is read twice when a link that matches a file filter leads to a file
   * that does not.
   */
  open(signal?: AbortSignal): Promise<LayerContent>;
}
export interface ExtractLayerDeps {
  readonly layers: Omit<LayerStore, 'layerBytes'> & SeenFileStore;
  readonly detectors: DetectorClient;
  readonly limits?: Partial<ArchiveLimits>;
  readonly signal?: AbortSignal;
  /** Bytes of the blob read so far. */
  readonly onProgress?: (bytes: number) => void;
}
