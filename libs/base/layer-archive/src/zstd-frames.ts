/** Zstandard frames: https://www.rfc-editor.org/rfc/rfc8878#section-3 */
const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const maxWindow = 128 * 1024 * 1024;
const maxBlock = 128 * 1024;

/** What the next bytes are: a field of `bytes` bytes that `read` parses, or bytes to pass on unread. */
interface Part {
  readonly bytes: number;
  /** Returns the next part; undefined at the end of a frame. */
  readonly read: (field: Buffer) => Part | undefined;
}

/**
 * The same bytes in chunks that end where frames end: decoders (including Node's) drop what follows a frame within one
 * chunk. Skippable and empty frames within a chunk are left out, since each would cost a decoder call: there may be a
 * million of them. Throws a plain `Error` for anything but a sequence of whole frames, and for windows larger than 128
 * MiB.
 */
export async function* splitZstdFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let part: Part | undefined;
  let field = Buffer.alloc(0);
  let passed = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = 0; at < chunk.length;) {
      if (part === undefined) {
        start = at = behindEmptyFrames(chunk, at);
        if (at === chunk.length) break;
        part = magic;
      }
      const count = Math.min(part.bytes - passed - field.length, chunk.length - at);
      // Only fields are collected; the content of blocks is counted.
      if (part.bytes <= longestField) field = Buffer.concat([field, chunk.subarray(at, at + count)]);
      else passed += count;
      at += count;
      if (passed + field.length < part.bytes) continue;
      part = part.read(field);
      // An empty part has nothing to wait for.
      while (part?.bytes === 0) part = part.read(Buffer.alloc(0));
      field = Buffer.alloc(0);
      passed = 0;
      if (part === undefined) {
        yield chunk.subarray(start, at);
        start = at;
      }
    }
    if (start < chunk.length) yield chunk.subarray(start);
  }
  if (part !== undefined) throw new Error('cut off inside a frame');
}

const longestField = 16;

/** The offset after all consecutive skippable and empty frames from `at` that end within the chunk. */
function behindEmptyFrames(chunk: Uint8Array, at: number): number {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  let end = at;
  for (let next: number | undefined = at; next !== undefined; next = emptyFrameEnd(view, end)) end = next;
  return end;
}

/** The last block of a frame, empty: the only block of an empty frame, as encoders write it. */
const emptyLastBlock = 1;

function emptyFrameEnd(view: DataView, at: number): number | undefined {
  const bytes = view.byteLength - at;
  if (bytes < 8) return undefined;
  const value = view.getUint32(at, true);
  if ((value & 0xfffffff0) >>> 0 === skippableMagic) {
    const size = 8 + view.getUint32(at + 4, true);
    return size <= bytes ? at + size : undefined;
  }
  if (value !== frameMagic) return undefined;
  const { headerBytes, hasChecksum } = readDescriptor(view.getUint8(at + 4));
  const size = 5 + headerBytes + 3 + (hasChecksum ? 4 : 0);
  const header = at + 5 + headerBytes;
  if (size > bytes || view.getUint16(header, true) !== emptyLastBlock || view.getUint8(header + 2) !== 0) {
    return undefined;
  }
  return at + size;
}

/** What a frame's first byte defines about the rest of its header. */
function readDescriptor(flags: number): {
  readonly singleSegment: boolean;
  readonly dictionaryBytes: number;
  readonly headerBytes: number;
  readonly hasChecksum: boolean;
} {
  const singleSegment = (flags & 0x20) !== 0;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const headerBytes = (singleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
  return { singleSegment, dictionaryBytes, headerBytes, hasChecksum: (flags & 4) !== 0 };
}

const magic: Part = {
  bytes: 4,
  read(field) {
    const value = field.readUInt32LE();
    if (value === frameMagic) return descriptor;
    if ((value & 0xfffffff0) >>> 0 === skippableMagic) return skippableSize;
    throw new Error('unknown frame magic');
  },
};

const skippableSize: Part = { bytes: 4, read: (field) => pass(field.readUInt32LE(), () => undefined) };

const descriptor: Part = {
  bytes: 1,
  read(field) {
    const { singleSegment, dictionaryBytes, headerBytes, hasChecksum } = readDescriptor(field.readUInt8());
    return {
      bytes: headerBytes,
      read(header) {
        const size = singleSegment ? contentSize(header.subarray(dictionaryBytes)) : windowSize(header.readUInt8());
        if (size > maxWindow) throw new Error(`a window of ${size} bytes is larger than ${maxWindow}`);
        return block(hasChecksum);
      },
    };
  },
};

function windowSize(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}

/** The content size of a frame without window descriptor, which is its window. */
function contentSize(field: Buffer): number {
  if (field.length === 8) return Number(field.readBigUInt64LE());
  return field.length === 2 ? field.readUInt16LE() + 256 : field.readUIntLE(0, field.length);
}

function block(hasChecksum: boolean): Part {
  return {
    bytes: 3,
    read(field) {
      const header = field.readUIntLE(0, 3);
      const type = (header >> 1) & 3;
      const size = header >> 3;
      if (type === 3 || size > maxBlock) throw new Error('malformed block');
      const isLast = (header & 1) !== 0;
      const end = hasChecksum ? pass(4, () => undefined) : undefined;
      return pass(type === 1 ? 1 : size, () => (isLast ? end : block(hasChecksum)));
    },
  };
}

function pass(bytes: number, next: () => Part | undefined): Part {
  return { bytes, read: next };
}
