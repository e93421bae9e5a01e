import type { OpenedImage, OpenOptions } from '@clarion/model';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { openArchive } from './docker-archive';
import { spool, type SpoolFile, spoolFailure } from './spool';
import { atMostBytes, openStreamedArchive } from './tar-archive';

export interface UploadedArchiveOptions extends OpenOptions {
  /** Most bytes of the archive, unpacked. */
  readonly maxBytes: number;
}

const label = 'The uploaded archive';

/**
 * Writes an archive from a stream unchanged into a temporary file, for another process to open; it is not parsed here.
 * Throws `limit-exceeded` for more than `maxBytes`.
 */
export function storeUpload(
  stream: AsyncIterable<Uint8Array>,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal | undefined },
): Promise<SpoolFile> {
  return spool(atMostBytes(stream, { label, maxBytes, signal }));
}

interface EmptyFile extends SpoolFile {
  readonly content: () => AsyncIterable<Uint8Array>;
  /** Number of bytes so far. */
  readonly bytes: () => Promise<number>;
}

/** A temporary file with nothing in it, for another process to write into. */
export async function emptyFile(): Promise<EmptyFile> {
  const { path, close } = await spool(Readable.from([]));
  return { path, close, content: () => createReadStream(path), bytes: async () => (await stat(path)).size };
}

/**
 * Writes into a file that `emptyFile` of another process has created. Throws `storage-unavailable` when the disk is
 * full.
 */
export async function fillFile(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await writeFile(path, chunks);
  } catch (error) {
    throw spoolFailure(error);
  }
}

/** As `openUploadedArchive`, of what `storeUpload` has written. */
export function openStoredUpload(path: string, options: UploadedArchiveOptions): Promise<OpenedImage> {
  return openUploadedArchive(createReadStream(path, { highWaterMark: 1 << 20 }), options);
}

/**
 * Opens an image of an archive that arrives as a stream: the format of `docker save`, or an OCI layout as tar,
 * compressed or not. Nothing is left once the image is closed. Throws `limit-exceeded`, and the errors of such files.
 */
export async function openUploadedArchive(
  stream: AsyncIterable<Uint8Array>,
  { maxBytes, ...options }: UploadedArchiveOptions,
): Promise<OpenedImage> {
  const { signal } = options;
  const bound = { label, maxBytes, ...(signal === undefined ? {} : { signal }) };
  const archive = await openStreamedArchive(stream, bound);
  try {
    return await openArchive(archive, options);
  } catch (error) {
    await archive.close();
    throw error;
  }
}
