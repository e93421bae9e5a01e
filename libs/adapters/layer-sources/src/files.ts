import { constants, type Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { identifyRegion } from '@clarion/layer-archive';
import { ClarionError, type Digest, type LayerContent, type LayerIdentity } from '@clarion/model';

/** A layer that is a region of a file. */
export type FileContent = Extract<LayerContent, { readonly kind: 'file' }>;

/** Identifies a region of a file, and detects that it changed. */
export async function identityOf(content: FileContent): Promise<LayerIdentity | undefined> {
  const key = await identifyRegion(content);
  return key === undefined ? undefined : { kind: 'file', key };
}

/** A blob as it is described: its digest, and its length if declared. */
interface DescribedBlob {
  readonly digest: Digest;
  readonly size?: number;
}

/** Whether a blob has the length that its descriptor declares. */
export function hasDeclaredSize({ length }: FileContent, { size }: DescribedBlob): boolean {
  return size === undefined || size === length;
}

/** Rejects a blob whose length differs from the declared one before any byte is read. Throws `digest-mismatch`. */
export function requireDeclaredSize(content: FileContent, blob: DescribedBlob): FileContent {
  if (hasDeclaredSize(content, blob)) return content;
  const { digest, size } = blob;
  throw new ClarionError('digest-mismatch', `${digest} has ${content.length} bytes, and its manifest declares ${size}`);
}

/**
 * Identifies the bytes of a blob; undefined if the length differs from the declared one, because such a blob must not
 * be treated as known.
 */
export async function identityOfBlob(content: FileContent, blob: DescribedBlob): Promise<LayerIdentity | undefined> {
  return hasDeclaredSize(content, blob) ? identityOf(content) : undefined;
}

/** The stats of a path, following links; undefined if it does not exist. Throws `invalid-input` for other failures. */
export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const code = errorCode(error);
    // Names with a NUL and over-long ones are not paths.
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE', 'ELOOP'].includes(code)) return undefined;
    throw fileFailure(error, path);
  }
}

export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** The error for a file or a directory that does not exist. */
export function notThere(path: string): ClarionError {
  return new ClarionError('not-found', `${path} does not exist`, { remedy: 'check the path' });
}

/** Turns a failure of the file system into an error with a remedy. */
export function fileFailure(error: unknown, path: string): unknown {
  if (error instanceof ClarionError) return error;
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return notThere(path);
  if (code === 'EACCES' || code === 'EPERM') {
    return new ClarionError('invalid-input', `${path} may not be read`, { remedy: 'check its permissions' });
  }
  return error;
}

/** Reads a region of a file, or as much of it as exists. */
export async function readRegion(path: string, offset: number, length: number): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const bytes = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } catch (error) {
    throw fileFailure(error, path);
  } finally {
    await handle?.close();
  }
}

/** Reads a whole small file. Throws `limit-exceeded` over `maxBytes`, `not-found` if it is not a regular file. */
export async function readSmallFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const stats = await statOf(path);
  if (stats?.isFile() !== true) throw new ClarionError('not-found', `${path} is not a file`);
  if (stats.size > maxBytes) throw new ClarionError('limit-exceeded', `${path} is larger than ${maxBytes} bytes`);
  return readRegion(path, 0, stats.size);
}
