import { ClarionError, type LayerContent, type OpenedImage, type Platform } from '@clarion/model';
import { sha256Of } from '../src/digests';
import { readRegion } from '../src/files';
import { openImage, type OpenImageOptions } from '../src/open-image';

const opened: OpenedImage[] = [];

/** Opens an image for the specs of this library; `closeOpened` closes all of them. */
export async function open(reference: string, options: OpenImageOptions = {}): Promise<OpenedImage> {
  const found = await openImage(reference, options);
  opened.push(found);
  return found;
}

export async function closeOpened(): Promise<void> {
  await Promise.all(opened.splice(0).map((one) => one.close()));
}

/** The error of a failed open. */
export async function failure(reference: string, options: OpenImageOptions = {}): Promise<ClarionError> {
  const error = await open(reference, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ClarionError)) throw new Error(`expected a ClarionError, got ${String(error)}`);
  return error;
}

export async function bytesOf(content: LayerContent): Promise<Uint8Array> {
  if (content.kind !== 'file') throw new Error(`expected a region of a file, got ${content.kind}`);
  return readRegion(content.path, content.offset, content.length);
}

/** Digests of the layers' bytes as the source returns them. */
export async function layerDigests(image: OpenedImage): Promise<string[]> {
  const digests: string[] = [];
  for (const index of image.image.layers.keys()) digests.push(sha256Of(await bytesOf(await image.layer(index))));
  return digests;
}

export function linux(architecture: string, variant?: string): Platform {
  return variant === undefined ? { os: 'linux', architecture } : { os: 'linux', architecture, variant };
}
