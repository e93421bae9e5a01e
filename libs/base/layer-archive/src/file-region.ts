import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { ClarionError } from '@clarion/model';
import { stampOf } from './file-stamp';

/** Some bytes of a file on disk. */
export interface FileRegion {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  /** The `stampOf` its file, which must be unchanged when it is opened. */
  readonly stamp?: string;
}

/** Measured: larger reads gain nothing, smaller ones cost. */
const readBytes = 1024 * 1024;

/** The state of a region's file, links followed. */
export async function statRegion(region: FileRegion, label: string): Promise<BigIntStats> {
  return stat(region.path, { bigint: true }).catch((cause: unknown) => {
    throw cannotOpen(label, cause);
  });
}

function cannotOpen(label: string, cause: unknown): ClarionError {
  return new ClarionError('not-found', `${label} cannot be opened`, { cause });
}

/** Opens the file of a region; a region beyond the end of the file is a truncated one. */
export async function openRegion(region: FileRegion, label: string): Promise<FileHandle> {
  const handle = await open(region.path, 'r').catch((cause: unknown) => {
    throw cannotOpen(label, cause);
  });
  const stats = await handle.stat({ bigint: true }).catch(async (cause: unknown) => {
    await handle.close();
    throw cannotOpen(label, cause);
  });
  const isSame = region.stamp === undefined || region.stamp === stampOf(stats);
  if (isSame && BigInt(region.offset + region.length) <= stats.size) return handle;
  await handle.close();
  if (!isSame) throw new ClarionError('corrupt-data', `${label} changed while it was read`);
  throw new ClarionError('corrupt-data', `${label}: cut off, ${region.length} bytes expected`);
}

/**
 * The bytes of a region in order, in chunks of 1 MiB until its end. Each chunk is fresh memory; a borrowed one is only
 * valid until the next one is requested.
 */
export async function* readRegion(
  region: FileRegion,
  label: string,
  { borrowed = false }: { readonly borrowed?: boolean } = {},
): AsyncGenerator<Uint8Array> {
  const handle = await openRegion(region, label);
  const { offset, length } = region;
  let buffer = Buffer.alloc(0);
  try {
    for (let at = 0; at < length;) {
      const size = Math.min(readBytes, length - at);
      if (!borrowed || buffer.length === 0) buffer = Buffer.allocUnsafeSlow(size);
      for (let filled = 0; filled < size;) {
        const { bytesRead } = await handle.read(buffer, filled, size - filled, offset + at + filled);
        if (bytesRead === 0) throw new ClarionError('corrupt-data', `${label}: cut off while it was read`);
        filled += bytesRead;
      }
      at += size;
      yield buffer.subarray(0, size);
    }
  } finally {
    await handle.close();
  }
}
