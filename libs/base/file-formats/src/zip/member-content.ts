import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import { type ByteSource, ClarionError } from '@clarion/model';
import { readExactly, sourceSlice } from '../byte-source';
import type { ZipMember } from './zip-archive';
import { localHeaderBytes, parseLocalHeader, signatures } from './zip-headers';

const stored = 0;
const deflated = 8;
const chunkBytes = 256 * 1024;

/**
 * The bytes of a member as stored. Throws `corrupt-data` where its own header says something else than the directory,
 * `unsupported` if it is encrypted or compressed in another way than by deflate.
 */
export function storedBytes(source: ByteSource, member: ZipMember): ByteSource {
  const fixed = Buffer.from(readExactly(source, member.offset, localHeaderBytes));
  if (fixed.readUInt32LE(0) !== signatures.localHeader) throw corrupt('the directory names a place without an entry');
  const length = fixed.readUInt16LE(26) + fixed.readUInt16LE(28);
  const variable = readExactly(source, member.offset + localHeaderBytes, length);
  const local = parseLocalHeader(fixed.subarray(4), variable, 'it has');
  if (local.name !== member.name || local.method !== member.method) {
    throw corrupt('its own header says something else than the directory');
  }
  if (member.encrypted || local.encrypted) throw unsupported('it is encrypted');
  if (member.method !== stored && member.method !== deflated) {
    throw unsupported(`it is compressed by the method ${member.method}`);
  }
  if (member.method === stored && member.size !== member.storedSize) throw corrupt('it has two sizes');
  const at = member.offset + localHeaderBytes + length;
  if (at + member.storedSize > member.end) throw corrupt('it overlaps what comes after it');
  return sourceSlice(source, at, member.storedSize);
}

/** Whether a member can be read in place, at any offset. */
export function isStored({ method }: ZipMember): boolean {
  return method === stored;
}

/**
 * The content of a member in memory; the caller has checked that its sizes are acceptable. Throws as `storedBytes`, and
 * `corrupt-data` where the content has another size or checksum than declared.
 */
export function readMember(source: ByteSource, member: ZipMember): Buffer {
  const bytes = storedBytes(source, member);
  const raw = readExactly(bytes, 0, bytes.size);
  const content = isStored(member) ? Buffer.from(raw) : inflated(raw, member.size);
  if (content.length !== member.size || crc32(content) !== member.checksum) throw corrupt(mismatch);
  return content;
}

const mismatch = 'its content has another size or checksum than declared';

function inflated(raw: Buffer, size: number): Buffer {
  try {
    return inflateRawSync(raw, { maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    throw new ClarionError('corrupt-data', mismatch, { cause });
  }
}

function* pieces(bytes: ByteSource): Generator<Buffer> {
  for (let at = 0; at < bytes.size; at += chunkBytes) yield Buffer.from(bytes.read(at, chunkBytes));
}

/** The content of a member in chunks, for those that are too large for memory. Throws as `readMember`. */
export async function* memberChunks(source: ByteSource, member: ZipMember): AsyncGenerator<Uint8Array> {
  const bytes = storedBytes(source, member);
  const inflate = createInflateRaw({ chunkSize: chunkBytes });
  // Errors of the streams end the loop below.
  pipeline(Readable.from(pieces(bytes)), inflate).catch(() => undefined);
  let size = 0;
  let checksum = 0;
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > member.size) throw corrupt(mismatch);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof ClarionError) throw cause;
    throw new ClarionError('corrupt-data', mismatch, { cause });
  } finally {
    inflate.destroy();
  }
  if (size !== member.size || checksum !== member.checksum) throw corrupt(mismatch);
}

function corrupt(what: string): ClarionError {
  return new ClarionError('corrupt-data', what);
}

function unsupported(what: string): ClarionError {
  return new ClarionError('unsupported', what);
}
