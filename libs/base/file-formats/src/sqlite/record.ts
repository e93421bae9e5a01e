import type { SqliteDatabase } from './pages';

export type SqliteValue = null | number | string | Uint8Array;
export type SqliteRow = readonly SqliteValue[];

/** Reads a variable-length integer (1 to 9 bytes, big-endian); undefined when the bytes end within it. */
export function readVarint(bytes: Uint8Array, at: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    if (index === 8) return { value: value * 256 + byte, next: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: at + index + 1 };
  }
  return undefined;
}

const maxColumns = 2000;

/**
 * Decodes the record of a table row. Integers beyond 2^53 lose precision. Undefined when the record is broken.
 *
 * @see https://www.sqlite.org/fileformat2.html#record_format
 */
export function readRecord(payload: Uint8Array, textEncoding: SqliteDatabase['textEncoding']): SqliteRow | undefined {
  const header = readVarint(payload, 0);
  if (header === undefined || header.value > payload.length) return undefined;
  const row: SqliteValue[] = [];
  let body = header.value;
  for (let at = header.next; at < header.value;) {
    const type = readVarint(payload, at);
    if (type === undefined || row.length === maxColumns) return undefined;
    const length = valueLength(type.value);
    if (body + length > payload.length) return undefined;
    row.push(readValue(payload.subarray(body, body + length), type.value, textEncoding));
    body += length;
    at = type.next;
  }
  return row;
}

const decoders = {
  'utf-8': new TextDecoder('utf-8'),
  'utf-16le': new TextDecoder('utf-16le'),
  'utf-16be': new TextDecoder('utf-16be'),
} as const;

const fixedLengths = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0] as const;

function valueLength(type: number): number {
  return fixedLengths[type] ?? Math.floor((type - 12) / 2);
}

function readValue(bytes: Uint8Array, type: number, textEncoding: SqliteDatabase['textEncoding']): SqliteValue {
  if (type === 0 || type === 10 || type === 11) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type >= 12) return type % 2 === 0 ? bytes : decoders[textEncoding].decode(bytes);
  if (type === 7) return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
  const first = bytes[0] ?? 0;
  return bytes.subarray(1).reduce((value, byte) => value * 256 + byte, first >= 0x80 ? first - 256 : first);
}
