import type { OpenedImage } from '@clarion/model';
import type { BuiltImage } from './image';

export interface OpenedBuiltImage extends OpenedImage {
  /** The layers that were opened, in order, once for each time. */
  readonly opened: number[];
}

/** Opens a built image directly from memory, with the behaviour of a registry. */
export function openBuiltImage(image: BuiltImage): OpenedBuiltImage {
  const opened: number[] = [];
  return {
    opened,
    image: {
      reference: image.repoTags[0] ?? 'built',
      manifestDigest: image.manifestDigest,
      platform: image.platform,
      layers: image.layers.map((layer) => ({
        diffId: layer.declaredDiffId,
        digest: layer.declaredDigest,
        mediaType: layer.mediaType,
        size: layer.blob.length,
      })),
    },
    identity(index) {
      const digest = image.layers[index]?.declaredDigest;
      return Promise.resolve(digest === undefined ? undefined : { kind: 'blob', digest });
    },
    layer(index) {
      const layer = image.layers[index];
      if (layer === undefined) {
        throw new Error(`There is no layer ${index}`);
      }
      opened.push(index);
      return Promise.resolve({ kind: 'stream', stream: chunked(layer.blob) });
    },
    close: () => Promise.resolve(),
  };
}

async function* chunked(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const size = 64 * 1024;
  for (let offset = 0; offset < bytes.length; offset += size) {
    await Promise.resolve();
    yield bytes.subarray(offset, offset + size);
  }
}
