import type { EffectiveImage } from '@clarion/model';

/**
 * Progress of indexing one image: only for its caller, unlike the events on a bus. `layer` is the number of a layer
 * in the image, base 0.
 */
export type IndexEvent =
  | { readonly kind: 'layer.started'; readonly layer: number }
  /** Bytes of the blob read so far; at most once per MiB. */
  | { readonly kind: 'layer.progress'; readonly layer: number; readonly bytes: number }
  | { readonly kind: 'layer.done'; readonly layer: number; readonly read: boolean }
  | { readonly kind: 'image.assembled'; readonly image: EffectiveImage };
