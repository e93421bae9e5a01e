import type { OpenedImage, OpenOptions } from '@clarion/model';
import { openArchive } from './docker-archive';
import { openStreamedArchive } from './tar-archive';

export interface UploadedArchiveOptions extends OpenOptions {
  /** Most bytes of the archive, unpacked. */
  readonly maxBytes: number;
}

/**
 * Opens an image of an archive that arrives as a stream: what `docker save` writes, or an OCI layout as tar, compressed
 * or not. Nothing of it is left once the image is closed. Throws `limit-exceeded`, and what files of that kind do.
 */
export async function openUploadedArchive(
  stream: AsyncIterable<Uint8Array>,
  { maxBytes, ...options }: UploadedArchiveOptions,
): Promise<OpenedImage> {
  const { signal } = options;
  const bound = { label: 'The uploaded archive', maxBytes, ...(signal === undefined ? {} : { signal }) };
  const archive = await openStreamedArchive(stream, bound);
  try {
    return await openArchive(archive, options);
  } catch (error) {
    await archive.close();
    throw error;
  }
}
