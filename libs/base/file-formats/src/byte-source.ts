import { type ByteSource, ClarionError } from '@clarion/model';

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
