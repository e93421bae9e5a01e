import type { Digest } from '../digest';
import type { Image, Platform } from '../image';
import type { LayerContent } from './layer-content';

/**
 * What identifies the bytes of a layer without reading them. A configuration or a file name does not: anyone can write
 * anything there.
 */
export type LayerIdentity =
  /** The reader of this layer requests the blob of this digest and verifies it, as registry clients do. */
  | { readonly kind: 'blob'; readonly digest: Digest }
  /** A part of a file; the key changes with every change of the file. */
  | { readonly kind: 'file'; readonly key: string }
  /** The bytes were read for this same image, and this is the digest of their tar. */
  | { readonly kind: 'read'; readonly diffId: Digest };

/** An image that a source has opened. `close` releases its resources. */
export interface OpenedImage {
  readonly image: Image;
  /** It is a directory of this machine that is no root filesystem: lock files are read by default. */
  readonly isSourceTree?: true;
  /** Needs no reading. Undefined, or absent, where only reading identifies a layer. */
  identity?(index: number): Promise<LayerIdentity | undefined>;
  /** Opens layer `index`. May be called several times; each call returns fresh content. */
  layer(index: number, signal?: AbortSignal): Promise<LayerContent>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Requested platform of a multi-platform image; default linux/amd64. */
  readonly platform?: Platform;
  /** Which image of an archive with several images. */
  readonly imageName?: string;
  readonly signal?: AbortSignal;
}

/** A kind of place that images come from: registry, docker-archive, oci-layout, directory. */
export interface LayerSource {
  readonly id: string;
  /** Opens `reference` (without prefix). Throws `ClarionError` with a remedy. */
  open(reference: string, options: OpenOptions): Promise<OpenedImage>;
}
