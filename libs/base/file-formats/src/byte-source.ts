import { ClarionError } from '@clarion/model';

/** Bytes that can be read at any offset: of a file on disk, a part of one, or memory. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `offset`, fewer than `length` only at the end. Only valid until the next call. */
  read(offset: number, length: number): Buffer;
}

export function memorySource(bytes: Uint8Array): ByteSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { size: buffer.length, read: (offset, length) => buffer.subarray(offset, offset + Math.max(length, 0)) };
}

/** A part of a source; what is beyond the end of the source is missing. */
export function sourceSlice(source: ByteSource, offset: number, length: number): ByteSource {
  const size = Math.max(Math.min(length, source.size - offset), 0);
  return { size, read: (at, count) => source.read(offset + at, Math.max(Math.min(count, size - at), 0)) };
}

/** Exactly `length` bytes. Throws `corrupt-data` where the source ends before. */
export function readExactly(source: ByteSource, offset: number, length: number): Buffer {
  const bytes = offset >= 0 && length >= 0 ? source.read(offset, length) : Buffer.alloc(0);
  if (bytes.length < length || offset < 0) throw new ClarionError('corrupt-data', 'it refers to bytes beyond its end');
  return bytes;
}
