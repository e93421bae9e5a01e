import { ClarionError, type Image, type LayerDescriptor, type OpenedImage } from '@clarion/model';
import type { ContentDescriptor } from '../manifest';
import { requireReference } from '../reference';
import { createRegistryClient } from './client';
import { lookUpCredentials } from './credentials';
import { registryBlobs, wayOut, type RegistrySourceOptions } from './index';

/**
 * Opens the layers of an image whose manifest is known: only their blobs are requested. `reference` is the location of
 * the image, `image` its content.
 */
export function openKnownImage(reference: string, image: Image, options: RegistrySourceOptions = {}): OpenedImage {
  const named = requireReference(reference);
  const { egress, release } = wayOut(named, options);
  const client = createRegistryClient({
    egress,
    reference: named,
    insecure: options.insecure ?? false,
    credentials: () => (options.credentials ?? lookUpCredentials)(named.host),
  });
  const blobs = registryBlobs(client, release);
  return {
    image,
    identity: (index) => blobs.identity(blobOf(image.layers[index], index)),
    layer: (index, signal) => blobs.layer(blobOf(image.layers[index], index), signal),
    close: () => blobs.close(),
  };
}

function blobOf(layer: LayerDescriptor | undefined, index: number): ContentDescriptor {
  if (layer?.digest === undefined) {
    throw new ClarionError('not-found', `The digest of the blob of layer ${index + 1} is not known`);
  }
  const { digest, mediaType, size } = layer;
  return {
    digest,
    annotations: new Map(),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(size === undefined ? {} : { size }),
  };
}
