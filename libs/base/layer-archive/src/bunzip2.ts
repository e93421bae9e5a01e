import { BitReader } from './bit-reader';
import { type BwtBlock, readBlock, writeBlock } from './bzip2-block';

/** No block of 900 kB is larger than this as stored, so with this many bytes available a block can be read at once. */
const mostBlockBytes = 2_500_000;
const blockMagic = 0x314159265359;
const endMagic = 0x177245385090;

/**
 * Decompresses all streams of a bzip2 file, block by block. Throws a plain `Error` for damaged data. Format:
 * https://en.wikipedia.org/wiki/Bzip2#File_format (there is no official specification).
 */
export async function* bunzip2(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  const bits = new BitReader();
  async function refill(): Promise<void> {
    const chunks: Uint8Array[] = [];
    for (let bytes = bits.bytesLeft; bytes < mostBlockBytes;) {
      const next = await source.next();
      if (next.done === true) break;
      bytes += next.value.length;
      chunks.push(next.value);
    }
    if (chunks.length > 0) bits.append(chunks);
  }
  try {
    await refill();
    while (bits.bytesLeft > 0) {
      yield* readStream(bits, refill);
      await refill();
    }
  } finally {
    await source.return?.();
  }
}

async function* readStream(bits: BitReader, refill: () => Promise<void>): AsyncGenerator<Uint8Array> {
  const level = bits.read(24) === 0x425a68 ? bits.read(8) - 0x30 : 0;
  if (level < 1 || level > 9) throw new Error('no stream header');
  let combined = 0;
  for (;;) {
    await refill();
    const magic = bits.read(24) * 2 ** 24 + bits.read(24);
    const checksum = (bits.read(16) * 65536 + bits.read(16)) >>> 0;
    if (magic === endMagic) {
      if (checksum !== combined) throw new Error('wrong checksum of a stream');
      bits.align();
      return;
    }
    if (magic !== blockMagic) throw new Error('no block header');
    const block: BwtBlock = readBlock(bits, level * 100_000);
    const computed = yield* writeBlock(block);
    if (computed !== checksum) throw new Error('wrong checksum of a block');
    combined = (((combined << 1) | (combined >>> 31)) ^ computed) >>> 0;
  }
}
