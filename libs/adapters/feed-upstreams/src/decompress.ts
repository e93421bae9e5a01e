import { decompress as decompressArchive } from '@clarion/layer-archive';

/** Limits for the output of a compressed document. */
export interface DecompressLimits {
  /** Bytes after decompression. */
  readonly maxBytes: number;
  /** Most bytes out for one byte in, once `ratioAfter` bytes are out. */
  readonly ratio: number;
  readonly ratioAfter: number;
}

/**
 * Layers have stricter limits: they come from untrusted users, while the upstream of a feed is configured. Archives
 * with advisories for every binary of every release are very repetitive, and xz compresses those a thousandfold; the
 * number of bytes is the limit.
 */
export const defaultDecompressLimits: DecompressLimits = {
  // Red Hat publishes its archive of VEX documents at a twentieth of its size.
  maxBytes: 64 * 1024 ** 3,
  ratio: 2000,
  ratioAfter: 1024 ** 3,
};

/** Suffixes under which a document may also be stored. */
export const compressionSuffixes: readonly string[] = ['.gz', '.xz', '.zst', '.bz2'];

/** `name` without its compression suffix, if it has one. */
export function stripSuffix(name: string): string {
  const suffix = compressionSuffixes.find((ending) => name.endsWith(ending) && name.length > ending.length);
  return suffix === undefined ? name : name.slice(0, -suffix.length);
}

/** The minimum throughput already limits a slow mirror; this only ends bodies that never end. */
const maxMillis = 6 * 60 * 60 * 1000;

/**
 * Yields the decompressed bytes of `body`. The first bytes determine the format, because names and headers are often
 * wrong (a `.gz` that a proxy has already unpacked). Throws `corrupt-data` for broken or truncated data,
 * `limit-exceeded` for decompression bombs.
 */
export function decompress(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, ratio, ratioAfter }: DecompressLimits = defaultDecompressLimits,
): AsyncGenerator<Uint8Array> {
  const limits = { bytes: maxBytes, ratio, ratioFreeBytes: ratioAfter, millis: maxMillis };
  return decompressArchive(body, { label: 'Document', limits });
}
