import { decodeName } from './decode-name';

/** Bytes of a tar block; headers are one block, bodies are padded to whole blocks. */
export const blockBytes = 512;
const wordsOfBlock = blockBytes / Uint32Array.BYTES_PER_ELEMENT;

/** Which fields a header has beyond those of 1979; identified by its magic. */
type HeaderFormat = 'v7' | 'ustar' | 'star' | 'gnu';

/** A header block with its numbers parsed. Names stay in the block until they are needed. */
export interface TarHeader {
  /** The type flag's character, NUL where there is none. */
  readonly flag: string;
  /** Undefined when the field is not a usable size (negative, beyond 2^53, not a number). */
  readonly size: number | undefined;
  readonly mode: number;
  readonly format: HeaderFormat;
  /** The first field that should be a number and is not, although nothing here depends on it. */
  readonly fault: string | undefined;
}

/** Whether the checksum of the block at `at` is correct, for unsigned bytes (POSIX) or signed bytes (old Sun tars). */
export function hasValidChecksum(block: Buffer, at: number): boolean {
  const expected = parseOctal(block, at + 148, at + 156);
  if (expected === undefined) return false;
  // The checksum field itself counts as spaces.
  let sum = 8 * 0x20 + sumOfBlock(block, at);
  for (let index = at + 148; index < at + 156; index++) sum -= block[index] ?? 0;
  return sum === expected || sum - 256 * negativeBytes(block, at) === expected;
}

/** The sum of all bytes: of four at a time where they are a word, since a layer has many headers. */
function sumOfBlock(block: Buffer, at: number): number {
  const start = block.byteOffset + at;
  if (start % Uint32Array.BYTES_PER_ELEMENT !== 0 || at + blockBytes > block.length) {
    let sum = 0;
    for (let index = at; index < at + blockBytes; index++) sum += block[index] ?? 0;
    return sum;
  }
  // Two bytes of each word in 16 bits each, which hold the sum of 128.
  let [first, second] = [0, 0];
  const words = new Uint32Array(block.buffer, start, wordsOfBlock);
  for (let index = 0; index < wordsOfBlock; index++) {
    const word = words[index] ?? 0;
    first += word & 0xff_00_ff;
    second += (word >>> 8) & 0xff_00_ff;
  }
  return (first & 0xff_ff) + (first >>> 16) + (second & 0xff_ff) + (second >>> 16);
}

/** Number of bytes of a block, without its checksum, that are negative as signed bytes. */
function negativeBytes(block: Buffer, at: number): number {
  let count = 0;
  for (let index = at; index < at + blockBytes; index++) {
    if (index < at + 148 || index >= at + 156) count += (block[index] ?? 0) >> 7;
  }
  return count;
}

export function isZeroBlock(block: Buffer, at: number): boolean {
  for (let index = at; index < at + blockBytes; index++) if (block[index] !== 0) return false;
  return true;
}

export function parseHeader(block: Buffer, at: number): TarHeader {
  const format = headerFormat(block, at);
  return {
    flag: String.fromCharCode(block[at + 156] ?? 0),
    size: parseNumber(block, at + 124, 12),
    mode: (parseNumber(block, at + 100, 8) ?? 0) & 0o7777,
    format,
    fault: numberFault(block, at, format),
  };
}

type NumberField = readonly [name: string, at: number, length: number];

/**
 * Fields whose value does not matter here; Go's archive/tar rejects an archive in which one of them is not a number.
 */
const oldFields: readonly NumberField[] = [
  ['mode', 100, 8],
  ['owner', 108, 8],
  ['group', 116, 8],
  ['time', 136, 12],
];
const ustarFields: readonly NumberField[] = [...oldFields, ['major', 329, 8], ['minor', 337, 8]];
const starFields: readonly NumberField[] = [...ustarFields, ['access time', 476, 12], ['change time', 488, 12]];

function numberFault(block: Buffer, at: number, format: HeaderFormat): string | undefined {
  const fields = format === 'v7' ? oldFields : format === 'star' ? starFields : ustarFields;
  for (const [name, offset, length] of fields) if (!isNumber(block, at + offset, length)) return name;
  return undefined;
}

/** The name with the prefix, where its format has one. */
export function headerName(block: Buffer, at: number, format: HeaderFormat): string {
  const name = fieldText(block, at, 100);
  if (format === 'v7' || block[at + 345] === 0) return name;
  if (format === 'gnu' && !hasPrefixOfOldGo(block, at)) return name;
  return `${fieldText(block, at + 345, format === 'star' ? 131 : 155)}/${name}`;
}

/**
 * GNU headers have times where others have the prefix. Go before 1.8 still wrote a prefix, which Go reads where one of
 * the times is not a number (https://go.dev/issue/12594).
 */
function hasPrefixOfOldGo(block: Buffer, at: number): boolean {
  const isTime = (field: number): boolean => block[field] === 0 || isNumber(block, field, 12);
  if (isTime(at + 345) && isTime(at + 357)) return false;
  for (let index = at + 345; index < at + 500 && block[index] !== 0; index++) {
    if ((block[index] ?? 0) > 0x7f) return false;
  }
  return true;
}

export function headerLink(block: Buffer, at: number): string {
  return fieldText(block, at + 157, 100);
}

/** Whether both device numbers are 0; true for a format that has none. */
export function isNullDevice(block: Buffer, at: number): boolean {
  if (headerFormat(block, at) === 'v7') return true;
  return parseNumber(block, at + 329, 8) === 0 && parseNumber(block, at + 337, 8) === 0;
}

/** The text of a field up to its first NUL. */
export function fieldText(block: Buffer, at: number, length: number): string {
  let ascii = true;
  let end = at;
  for (const limit = at + length; end < limit; end++) {
    const byte = block[end] ?? 0;
    if (byte === 0) break;
    if (byte > 0x7f) ascii = false;
  }
  return ascii ? block.toString('latin1', at, end) : decodeName(block.subarray(at, end));
}

/** The rule of Go's archive/tar, which container runtimes read layers with. */
function headerFormat(block: Buffer, at: number): HeaderFormat {
  const magic = block.toString('latin1', at + 257, at + 265);
  if (magic === 'ustar  \0') return 'gnu';
  if (!magic.startsWith('ustar\0')) return 'v7';
  return block.toString('latin1', at + 508, at + 512) === 'tar\0' ? 'star' : 'ustar';
}

/**
 * A number of a header: octal digits among spaces and NULs, or base-256 with the highest bit set
 * (https://www.gnu.org/software/tar/manual/html_node/Extensions.html). Undefined when negative, larger than 2^53 or
 * not a number; an empty field is 0.
 */
export function parseNumber(block: Buffer, at: number, length: number): number | undefined {
  return (block[at] ?? 0) & 0x80 ? parseBinary(block, at, length) : parseOctal(block, at, at + length);
}

function parseBinary(block: Buffer, at: number, length: number): number | undefined {
  const first = block[at] ?? 0;
  if (first & 0x40) return undefined;
  let value = first & 0x3f;
  for (let index = at + 1; index < at + length; index++) value = value * 256 + (block[index] ?? 0);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Whether Go accepts a field as a number, of any sign up to 64 bits. */
function isNumber(block: Buffer, at: number, length: number): boolean {
  const first = block[at] ?? 0;
  if ((first & 0x80) === 0) return parseOctal(block, at, at + length) !== undefined;
  const filler = first & 0x40 ? 0xff : 0;
  if ((first | 0x80) !== (filler | 0x80) && length > 8) return false;
  for (let index = at + 1; index < at + length - 8; index++) if (block[index] !== filler) return false;
  return length <= 8 || ((block[at + length - 8] ?? 0) & 0x80) === (filler & 0x80);
}

/** Digits among spaces and NULs; text after a NUL is ignored, but a space does not end the number. */
function parseOctal(block: Buffer, start: number, end: number): number | undefined {
  let at = start;
  while (at < end && isFiller(block[at])) at++;
  let last = end;
  while (last > at && isFiller(block[last - 1])) last--;
  let value = 0;
  for (; at < last && block[at] !== 0; at++) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  return value;
}

function isFiller(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0;
}
