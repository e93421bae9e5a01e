import { decodeName } from './decode-name';

/** Bytes of a tar block; headers are one block, bodies are padded to whole blocks. */
export const blockBytes = 512;

/** Which fields a header has beyond those of 1979; told by its magic. */
type HeaderFormat = 'v7' | 'ustar' | 'star' | 'gnu';

/** A header block with its numbers understood. Names stay in the block until they are needed. */
export interface TarHeader {
  /** The type flag's character. */
  readonly flag: string;
  /** Undefined when the field is no size that can be worked with (negative, beyond 2^53, not a number). */
  readonly size: number | undefined;
  readonly mode: number;
  readonly format: HeaderFormat;
}

/** Tells whether the checksum of the block at `at` is right, of bytes unsigned (POSIX) or signed (old Sun tars). */
export function hasValidChecksum(block: Buffer, at: number): boolean {
  const expected = parseNumber(block, at + 148, 8);
  if (expected === undefined) return false;
  // The field itself counts as spaces.
  let sum = 8 * 0x20;
  for (let index = at; index < at + 148; index++) sum += block[index] ?? 0;
  for (let index = at + 156; index < at + blockBytes; index++) sum += block[index] ?? 0;
  return sum === expected || sum - 256 * negativeBytes(block, at) === expected;
}

/** Bytes of a block but its checksum that are negative when they are signed. */
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
  const flag = String.fromCharCode(block[at + 156] ?? 0);
  return {
    flag: flag === '\0' ? '0' : flag,
    size: parseNumber(block, at + 124, 12),
    mode: (parseNumber(block, at + 100, 8) ?? 0) & 0o7777,
    format: headerFormat(block, at),
  };
}

/** The name with the prefix that its format may have. */
export function headerName(block: Buffer, at: number, format: HeaderFormat): string {
  const name = fieldText(block, at, 100);
  if (format === 'v7' || format === 'gnu' || block[at + 345] === 0) return name;
  return `${fieldText(block, at + 345, format === 'star' ? 131 : 155)}/${name}`;
}

export function headerLink(block: Buffer, at: number): string {
  return fieldText(block, at + 157, 100);
}

/** Tells whether both device numbers are 0. */
export function isNullDevice(block: Buffer, at: number): boolean {
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

function parseOctal(block: Buffer, start: number, end: number): number | undefined {
  let at = start;
  while (at < end && isFiller(block[at])) at++;
  let value = 0;
  for (; at < end && !isFiller(block[at]); at++) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  // After the digits only filling may follow, up to a NUL, which ends the field whatever comes after it.
  while (at < end && block[at] === 0x20) at++;
  return at === end || block[at] === 0 ? value : undefined;
}

function isFiller(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0;
}
