import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';

export type BlobCompression = 'none' | 'gzip' | 'zstd' | 'xz' | 'bzip2';

const maxOutput = 256 * 1024 * 1024;

/** Whether this machine can make blobs of `compression`; a spec skips the others. */
export function canCompress(compression: BlobCompression): boolean {
  return compression === 'none' || compression === 'gzip' || spawnSync(compression, ['--version']).status === 0;
}

/** Compresses as image builders do; zstd, xz and bzip2 need the command of that name. */
export function compressBlob(bytes: Uint8Array, compression: BlobCompression): Uint8Array {
  if (compression === 'none') {
    return bytes;
  }
  if (compression === 'gzip') {
    return gzipSync(bytes, { level: 6 });
  }
  const result = spawnSync(compression, ['-c'], { input: bytes, maxBuffer: maxOutput });
  if (result.status !== 0) {
    throw new Error(`${compression} failed: ${result.error?.message ?? result.stderr.toString()}`);
  }
  return result.stdout;
}
