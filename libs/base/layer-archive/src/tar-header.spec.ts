import { blockBytes, hasValidChecksum } from './tar-header';

/** A block whose other bytes are `byte`, with its checksum, `offset` bytes behind the start of its memory. */
function blockAt(offset: number, byte: number, add = 0): Buffer {
  const memory = Buffer.from(new ArrayBuffer(blockBytes + offset));
  const block = memory.subarray(offset).fill(byte);
  const sum = 8 * 0x20 + (blockBytes - 8) * byte + add;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return memory;
}

describe('the checksum of a header', () => {
  it.each([0, 1, 2, 3, 4])('is that of its bytes, %d bytes behind a word', (offset) => {
    for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
      expect([byte, hasValidChecksum(blockAt(offset, byte), offset)]).toEqual([byte, true]);
      expect([byte, hasValidChecksum(blockAt(offset, byte, 1), offset)]).toEqual([byte, false]);
      const signed = byte < 0x80 ? 0 : -256 * (blockBytes - 8);
      const isSigned = 8 * 0x20 + (blockBytes - 8) * byte + signed >= 0;
      if (isSigned) expect(hasValidChecksum(blockAt(offset, byte, signed), offset)).toBe(true);
    }
  });
});
