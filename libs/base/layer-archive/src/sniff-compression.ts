export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';

/** Number of bytes that `sniffCompression` needs. */
export const sniffBytes = 6;

function startsWith(head: Uint8Array, ...magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

/**
 * Detects the compression from the first bytes; media types and file names are only claims. Skippable frames (`5? 2a 4d
 * 18`) also start a zstd stream: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2
 */
export function sniffCompression(head: Uint8Array): Compression {
  if (startsWith(head, 0x1f, 0x8b)) return 'gzip';
  if (startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  if (((head[0] ?? 0) & 0xf0) === 0x50 && startsWith(head.subarray(1), 0x2a, 0x4d, 0x18)) return 'zstd';
  if (startsWith(head, 0x42, 0x5a, 0x68)) return 'bzip2';
  if (startsWith(head, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  return 'none';
}
