import { type FileHandle, open, stat } from 'node:fs/promises';
import { ClarionError } from '@clarion/model';

/** Some bytes of a file on disk. */
export interface FileRegion {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** Measured: larger reads gain nothing, smaller ones cost. */
const readBytes = 1024 * 1024;

/** Differs after every change to the file; times of changes cannot be set back. */
export async function regionStamp(region: FileRegion, label: string): Promise<string> {
  const { ino, size, ctimeNs } = await stat(region.path, { bigint: true }).catch((cause: unknown) => {
    throw cannotOpen(label, cause);
  });
  return [ino, size, ctimeNs].join(' ');
}

function cannotOpen(label: string, cause: unknown): ClarionError {
  return new ClarionError('not-found', `${label} cannot be opened`, { cause });
}

/** Opens the file of a region; a region beyond the end of the file is a truncated one. */
export async function openRegion(region: FileRegion, label: string): Promise<FileHandle> {
  const handle = await open(region.path, 'r').catch((cause: unknown) => {
    throw cannotOpen(label, cause);
  });
  const { size } = await handle.stat();
  if (region.offset + region.length <= size) return handle;
  await handle.close();
  throw new ClarionError('corrupt-data', `${label}: cut off, ${region.length} bytes expected`);
}

/** The bytes of a region in order. Each chunk is fresh memory. */
export async function* readRegion(region: FileRegion, label: string): AsyncGenerator<Uint8Array> {
  const handle = await openRegion(region, label);
  try {
    for (let at = 0; at < region.length;) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, region.length - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, region.offset + at);
      if (bytesRead === 0) throw new ClarionError('corrupt-data', `${label}: cut off while it was read`);
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
