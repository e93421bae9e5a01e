import { decompress as decompressArchive } from '@clarion/layer-archive';

/** How much may come out of a compressed document. */
export interface DecompressLimits {
  /** Bytes after decompression. */
  readonly maxBytes: number;
  /** Most bytes out for one byte in, once `ratioAfter` bytes are out. */
  readonly ratio: number;
  readonly ratioAfter: number;
}

/**
 * What a layer may expand to is another question: whoever submits one is a stranger, while a feed's upstream was chosen.
 * Archives of statements about every binary of every release say the same words again and again, and xz packs those a
 * thousandfold; what bounds them is the number of bytes.
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

/** A slow mirror is bounded by its least throughput; this only ends what would never end. */
const maxMillis = 6 * 60 * 60 * 1000;

/**
 * Yields the plain bytes of `body`, whose form is told by its first bytes: names and headers are often wrong (a `.gz`
 * that a proxy has unpacked already). Throws `corrupt-data` for broken or cut-off data, `limit-exceeded` for bombs.
 */
export function decompress(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, ratio, ratioAfter }: DecompressLimits = defaultDecompressLimits,
): AsyncGenerator<Uint8Array> {
  const limits = { bytes: maxBytes, ratio, ratioFreeBytes: ratioAfter, millis: maxMillis };
  return decompressArchive(body, { label: 'Document', limits });
}
