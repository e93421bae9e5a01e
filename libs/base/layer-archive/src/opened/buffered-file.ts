import { readSync } from 'node:fs';

/** A read of at most so many bytes takes what is around it as well: tables of programs are beside each other. */
const smallBytes = 4096;
const windowBytes = 3 * smallBytes;
/** Larger reads have memory of their own. */
const reusedBytes = 512 * 1024;

/**
 * Reads an open file at any offset with few calls of the system. What is returned is only valid until the next call.
 */
export class BufferedFile {
  private readonly descriptor: number;
  private readonly window = new Part(Buffer.allocUnsafeSlow(windowBytes));
  private readonly walked = new Part(Buffer.alloc(0));
  private reused = Buffer.alloc(0);

  constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /** Bytes at `offset` that were read elsewhere, and stay valid until the next call of this. */
  know(bytes: Buffer, offset: number): void {
    this.walked.bytes = bytes;
    this.walked.offset = offset;
    this.walked.length = bytes.length;
  }

  /** Fewer than `length` bytes at the end of the file. */
  read(offset: number, length: number): Buffer {
    const known = this.walked.get(offset, length) ?? this.window.get(offset, length);
    if (known !== undefined) return known;
    if (length > smallBytes) return this.readLarge(offset, length);
    const { window } = this;
    window.offset = Math.max(offset - smallBytes, 0);
    window.length = 0;
    window.length = readFully(this.descriptor, window.bytes, window.offset);
    const start = Math.min(offset - window.offset, window.length);
    return window.bytes.subarray(start, Math.min(start + length, window.length));
  }

  private readLarge(offset: number, length: number): Buffer {
    if (length > reusedBytes) {
      const bytes = Buffer.allocUnsafeSlow(length);
      return bytes.subarray(0, readFully(this.descriptor, bytes, offset));
    }
    if (this.reused.length === 0) this.reused = Buffer.allocUnsafeSlow(reusedBytes);
    const bytes = this.reused.subarray(0, length);
    return bytes.subarray(0, readFully(this.descriptor, bytes, offset));
  }
}

/** Some bytes of a file in memory. */
class Part {
  bytes: Buffer;
  /** In the file. */
  offset = 0;
  /** How many of the bytes are those of the file. */
  length = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get(offset: number, length: number): Buffer | undefined {
    const at = offset - this.offset;
    return at >= 0 && at + length <= this.length ? this.bytes.subarray(at, at + length) : undefined;
  }
}

/** Returns the number of bytes; fewer than there is room for at the end of the file. */
function readFully(descriptor: number, bytes: Buffer, offset: number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
