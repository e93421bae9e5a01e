import type { BitReader } from './bit-reader';

/** A block after the Huffman and move-to-front steps: the last column of the sorted rotations. */
export interface BwtBlock {
  /** Bytes in the low 8 bits; room for links above them. */
  readonly column: Uint32Array;
  readonly length: number;
  readonly firstRow: number;
}

interface HuffmanTable {
  readonly minLength: number;
  readonly maxLength: number;
  /** Largest code of each length, and the number to subtract from a code to get its index in `symbols`. */
  readonly limits: Int32Array;
  readonly bases: Int32Array;
  readonly symbols: readonly number[];
}

const maxCodeLength = 20;
const symbolsAGroup = 50;
const outputBytes = 256 * 1024;

/** Reads a block after its checksum. Throws for anything that no compressor writes, so that every loop is bounded. */
export function readBlock(bits: BitReader, maxLength: number): BwtBlock {
  if (bits.read(1) === 1) throw new Error('a randomised block');
  const firstRow = bits.read(24);
  const alphabet = readAlphabet(bits);
  const symbolCount = alphabet.length + 2;
  const tableCount = bits.read(3);
  if (tableCount < 2 || tableCount > 6 || alphabet.length === 0) throw new Error('malformed block');
  const selectors = readSelectors(bits, tableCount);
  const tables = Array.from({ length: tableCount }, () => readTable(bits, symbolCount));
  const { column, length } = readSymbols(bits, { alphabet, selectors, tables, maxLength });
  if (firstRow >= length) throw new Error('malformed block');
  return { column, length, firstRow };
}

/** The byte values of the block: a bitmap of ranges of 16, then one of each range. */
function readAlphabet(bits: BitReader): Uint8Array {
  const ranges = bits.read(16);
  const used: number[] = [];
  for (let range = 0; range < 16; range++) {
    if ((ranges & (0x8000 >> range)) === 0) continue;
    const members = bits.read(16);
    for (let index = 0; index < 16; index++) if (members & (0x8000 >> index)) used.push(range * 16 + index);
  }
  return Uint8Array.from(used);
}

/** Which table each group of 50 symbols is coded with, as moves to front. */
function readSelectors(bits: BitReader, tableCount: number): Uint8Array {
  const selectors = new Uint8Array(bits.read(15));
  const order = Array.from({ length: tableCount }, (_, index) => index);
  for (let index = 0; index < selectors.length; index++) {
    let position = 0;
    while (bits.read(1) === 1) if (++position >= tableCount) throw new Error('malformed selector');
    const table = order[position] ?? 0;
    order.splice(position, 1);
    order.unshift(table);
    selectors[index] = table;
  }
  return selectors;
}

function readTable(bits: BitReader, symbolCount: number): HuffmanTable {
  const lengths = new Uint8Array(symbolCount);
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    for (;;) {
      if (length < 1 || length > maxCodeLength) throw new Error('malformed code length');
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return huffmanTable(lengths);
}

/** Canonical codes: of each length in order of symbols, shorter ones first. */
function huffmanTable(lengths: Uint8Array): HuffmanTable {
  const limits = new Int32Array(maxCodeLength + 1).fill(-1);
  const bases = new Int32Array(maxCodeLength + 1);
  const symbols: number[] = [];
  let code = 0;
  for (let length = 1; length <= maxCodeLength; length++) {
    bases[length] = code - symbols.length;
    lengths.forEach((of, symbol) => {
      if (of !== length) return;
      symbols.push(symbol);
      code += 1;
    });
    limits[length] = code - 1;
    code <<= 1;
  }
  return { minLength: Math.min(...lengths), maxLength: Math.max(...lengths), limits, bases, symbols };
}

function readSymbol(bits: BitReader, table: HuffmanTable): number {
  let length = table.minLength;
  let code = bits.read(length);
  while (code > (table.limits[length] ?? -1)) {
    length += 1;
    if (length > table.maxLength) throw new Error('a code of no symbol');
    code = (code << 1) | bits.read(1);
  }
  const symbol = table.symbols[code - (table.bases[length] ?? 0)];
  if (symbol === undefined) throw new Error('a code of no symbol');
  return symbol;
}

interface BlockCoding {
  readonly alphabet: Uint8Array;
  readonly selectors: Uint8Array;
  readonly tables: readonly HuffmanTable[];
  readonly maxLength: number;
}

/** Reverses Huffman, run-length (symbols 0 and 1 are digits of a run's length) and move-to-front coding. */
function readSymbols(bits: BitReader, coding: BlockCoding): { column: Uint32Array; length: number } {
  const { alphabet, selectors, tables, maxLength } = coding;
  const endSymbol = alphabet.length + 1;
  const column = new Uint32Array(maxLength);
  let length = 0;
  let run = 0;
  let digit = 1;
  for (let index = 0; ; index++) {
    const table = tables[selectors[Math.floor(index / symbolsAGroup)] ?? tables.length];
    if (table === undefined) throw new Error('more symbols than selectors');
    const symbol = readSymbol(bits, table);
    if (symbol <= 1) {
      run += digit << symbol;
      digit *= 2;
      if (run > maxLength) throw new Error('a run longer than the block');
      continue;
    }
    if (run > 0) {
      if (length + run > maxLength) throw new Error('a run longer than the block');
      column.fill(alphabet[0] ?? 0, length, length + run);
      length += run;
      run = 0;
      digit = 1;
    }
    if (symbol === endSymbol) return { column, length };
    if (length === maxLength) throw new Error('more bytes than the block holds');
    const position = symbol - 1;
    const byte = alphabet[position] ?? 0;
    alphabet.copyWithin(1, 0, position);
    alphabet[0] = byte;
    column[length++] = byte;
  }
}

/** Reverses the block sorting and the outer run-length coding; returns the checksum of the output. */
export function* writeBlock({ column, length, firstRow }: BwtBlock): Generator<Uint8Array, number> {
  linkRotations(column, length);
  let output = Buffer.allocUnsafeSlow(outputBytes);
  let filled = 0;
  let crc = 0xffffffff;
  let next = (column[firstRow] ?? 0) >>> 8;
  let last = -1;
  let same = 0;
  for (let index = 0; index < length; index++) {
    const entry = column[next] ?? 0;
    next = entry >>> 8;
    const byte = entry & 0xff;
    // After four equal bytes comes the number of further ones.
    const isCount = same === 4;
    const copies = isCount ? byte : 1;
    const value = isCount ? last : byte;
    same = isCount ? 0 : byte === last ? same + 1 : 1;
    last = isCount ? -1 : byte;
    for (let copy = 0; copy < copies; copy++) {
      crc = (crc << 8) ^ (crcTable[(crc >>> 24) ^ value] ?? 0);
      output[filled++] = value;
    }
    if (filled > outputBytes - 256) {
      yield output.subarray(0, filled);
      output = Buffer.allocUnsafeSlow(outputBytes);
      filled = 0;
    }
  }
  yield output.subarray(0, filled);
  return ~crc >>> 0;
}

/** Writes above each byte the index of the next byte in the column. */
function linkRotations(column: Uint32Array, length: number): void {
  const counts = new Uint32Array(256);
  for (let index = 0; index < length; index++) increment(counts, (column[index] ?? 0) & 0xff);
  let start = 0;
  const positions = counts.map((count) => (start += count) - count);
  for (let index = 0; index < length; index++) {
    const position = increment(positions, (column[index] ?? 0) & 0xff);
    column[position] = (column[position] ?? 0) | (index << 8);
  }
}

/** Adds one and answers the value before. */
function increment(numbers: Uint32Array, index: number): number {
  const value = numbers[index] ?? 0;
  numbers[index] = value + 1;
  return value;
}

/** CRC-32 with the highest bit first, polynomial 0x04c11db7. */
const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});
