import type { Digest } from '../digest';
import type { Image, Platform } from '../image';
import type { LayerContent } from './layer-content';

/**
 * What tells the bytes of a layer from others without reading them. What a configuration or a file's name says of them
 * does not: whoever writes these can write anything.
 */
export type LayerIdentity =
  /** Whoever gets this layer asks for the blob of this digest and verifies it, as clients of registries do. */
  | { readonly kind: 'blob'; readonly digest: Digest }
  /** A part of a file; the key is another one after every change of the file. */
  | { readonly kind: 'file'; readonly key: string }
  /** The bytes were read for this very image, and this is the digest of their tar. */
  | { readonly kind: 'read'; readonly diffId: Digest };

/** An image that a source has opened. `close` frees what it holds. */
export interface OpenedImage {
  readonly image: Image;
  /** Costs no reading. Undefined, or absent, where nothing but reading tells what a layer is. */
  identity?(index: number): Promise<LayerIdentity | undefined>;
  /** Opens layer `index`. May be called several times; each call gives fresh content. */
  layer(index: number, signal?: AbortSignal): Promise<LayerContent>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Wanted platform of a multi-platform image; default linux/amd64. */
  readonly platform?: Platform;
  /** Which image of an archive that holds several. */
  readonly imageName?: string;
  readonly signal?: AbortSignal;
}

/** A kind of place that images come from: registry, docker-archive, oci-layout, directory. */
export interface LayerSource {
  readonly id: string;
  /** Opens `reference` (without prefix). Throws `ClarionError` with a remedy. */
  open(reference: string, options: OpenOptions): Promise<OpenedImage>;
}
