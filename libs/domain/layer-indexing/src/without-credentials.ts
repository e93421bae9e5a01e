import type { ImageSource } from '@clarion/model';

/** The source of an image that is not read any more: what was given to read it is left out. */
export function withoutCredentials(source: ImageSource): ImageSource {
  switch (source.kind) {
    case 'registry': {
      const { credentials: _, forOneJob: __, ...rest } = source;
      return rest;
    }
    case 'layer-urls':
      return { ...source, layers: source.layers.map(({ url }) => ({ url })) };
    case 'upload':
      return source;
  }
}
