import type { EffectiveImage, LayerIndex } from '@clarion/model';

/** A layer's facts are known: read just now, or before. */
export interface LayerIndexed {
  readonly kind: 'layer.indexed';
  readonly layer: LayerIndex;
  /** False when it was known and has not been opened. */
  readonly read: boolean;
}

/** What happens while an image is indexed. `layer` is the number of a layer in the image, base 0. */
export type IndexEvent =
  | { readonly kind: 'layer.started'; readonly layer: number }
  /** Bytes of the blob read so far; not more often than every MiB. */
  | { readonly kind: 'layer.progress'; readonly layer: number; readonly bytes: number }
  | { readonly kind: 'layer.done'; readonly layer: number; readonly read: boolean }
  | { readonly kind: 'image.indexed'; readonly image: EffectiveImage };
