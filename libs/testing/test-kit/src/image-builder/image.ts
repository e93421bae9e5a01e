import { createHash } from 'node:crypto';
import type { Digest, Platform } from '@clarion/model';
import { type BlobCompression, compressBlob } from './compress';
import { buildTar, type TarEntry } from './tar';

export interface HistoryEntry {
  readonly created_by?: string;
  readonly empty_layer?: boolean;
}

export interface ImageRecipe {
  /** Entries of each layer, base first; raw bytes are used as the tar itself. */
  readonly layers: readonly (readonly TarEntry[] | Uint8Array)[];
  /** Members of the image configuration in addition to the builder's. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly compression?: BlobCompression;
  /** Bytes that are stored for a layer instead of its compressed tar: hand-made broken or odd compression. */
  readonly stored?: Readonly<Record<number, Uint8Array>>;
  readonly history?: readonly HistoryEntry[];
  readonly repoTags?: readonly string[];
  readonly platform?: Platform;
  /** False declarations: what manifest and configuration contain for a layer instead of the real values. */
  readonly declare?: {
    readonly diffIds?: Readonly<Record<number, Digest>>;
    readonly blobs?: Readonly<Record<number, Digest>>;
  };
}

export interface BuiltLayer {
  readonly tar: Uint8Array;
  /** The layer as stored. */
  readonly blob: Uint8Array;
  /** True digests of `tar` and `blob`. */
  readonly diffId: Digest;
  readonly digest: Digest;
  /** The declared values; equal to the real ones unless the recipe overrides them. */
  readonly declaredDiffId: Digest;
  readonly declaredDigest: Digest;
  readonly mediaType: string;
}

export interface BuiltImage {
  readonly layers: readonly BuiltLayer[];
  readonly platform: Platform;
  readonly repoTags: readonly string[];
  readonly config: Uint8Array;
  readonly configDigest: Digest;
  /** An OCI image manifest. */
  readonly manifest: Uint8Array;
  readonly manifestDigest: Digest;
}

export function sha256(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** Builds an image in memory; the writers store it in an archive format. Equal recipes give equal bytes. */
export function buildImage(recipe: ImageRecipe): BuiltImage {
  const platform = recipe.platform ?? { os: 'linux', architecture: 'amd64' };
  const layers = recipe.layers.map((layer, index) => buildLayer(layer, index, recipe));
  const config = jsonBytes({
    ...platform,
    ...recipe.config,
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.declaredDiffId) },
    history: recipe.history ?? layers.map((_, index) => ({ created_by: `step ${index}` })),
  });
  const manifest = jsonBytes({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((layer) => ({
      mediaType: layer.mediaType,
      digest: layer.declaredDigest,
      size: layer.blob.length,
    })),
  });
  return {
    layers,
    platform,
    repoTags: recipe.repoTags ?? [],
    config,
    configDigest: sha256(config),
    manifest,
    manifestDigest: sha256(manifest),
  };
}

export function descriptor(mediaType: string, bytes: Uint8Array): { mediaType: string; digest: Digest; size: number } {
  return { mediaType, digest: sha256(bytes), size: bytes.length };
}

function buildLayer(layer: readonly TarEntry[] | Uint8Array, index: number, recipe: ImageRecipe): BuiltLayer {
  const compression = recipe.compression ?? 'none';
  const tar = layer instanceof Uint8Array ? layer : buildTar(layer);
  const blob = recipe.stored?.[index] ?? compressBlob(tar, compression);
  const diffId = sha256(tar);
  const digest = sha256(blob);
  return {
    tar,
    blob,
    diffId,
    digest,
    declaredDiffId: recipe.declare?.diffIds?.[index] ?? diffId,
    declaredDigest: recipe.declare?.blobs?.[index] ?? digest,
    mediaType: `application/vnd.oci.image.layer.v1.tar${compression === 'none' ? '' : `+${compression}`}`,
  };
}
