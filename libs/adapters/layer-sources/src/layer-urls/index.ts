import type { Egress } from '@clarion/egress';
import { ClarionError, type Image, type OpenedImage } from '@clarion/model';
import { readBlob } from '../registry/blob-stream';
import { allowedHeaders } from './allowed-headers';

/** Where one layer is, as a caller of the API gave it. */
export interface LayerUrl {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An image whose layers have separate addresses (Clair APIs). `layers` is parallel to `image.layers`. Headers that
 * callers must not set are rejected with `invalid-input`.
 */
export function openLayerUrls(image: Image, layers: readonly LayerUrl[], egress: Egress): OpenedImage {
  return {
    image,
    identity(index) {
      const digest = image.layers[index]?.digest;
      return Promise.resolve(digest === undefined ? undefined : { kind: 'blob', digest });
    },
    layer(index, signal) {
      const layer = layers[index];
      if (layer === undefined) throw new ClarionError('not-found', `There is no address of layer ${index + 1}`);
      const { authorization, headers } = allowedHeaders(layer.headers ?? {});
      const stream = readBlob({
        label: `layer ${index + 1}`,
        size: image.layers[index]?.size,
        signal,
        open: (position) =>
          egress.request({
            url: layer.url,
            headers: { ...headers, ...(position === 0 ? {} : { range: `bytes=${position}-` }) },
            ...(authorization === undefined ? {} : { credentials: authorization }),
            ...(signal === undefined ? {} : { signal }),
          }),
      });
      return Promise.resolve({ kind: 'stream', stream });
    },
    close: () => Promise.resolve(),
  };
}
