import { type ByteSource, ClarionError } from '@clarion/model';
import { readExactly } from '../byte-source';

/** Reads numbers of a file whose byte order and word size its header states. */
export class FileFields {
  private readonly bytes: Buffer;
  readonly bigEndian: boolean;
  readonly bits: 32 | 64;

  constructor(bytes: Buffer, { bigEndian, bits }: { readonly bigEndian: boolean; readonly bits: 32 | 64 }) {
    this.bytes = bytes;
    this.bigEndian = bigEndian;
    this.bits = bits;
  }

  get length(): number {
    return this.bytes.length;
  }

  u16(at: number): number {
    this.need(at, 2);
    return this.bigEndian ? this.bytes.readUInt16BE(at) : this.bytes.readUInt16LE(at);
  }

  u32(at: number): number {
    this.need(at, 4);
    return this.bigEndian ? this.bytes.readUInt32BE(at) : this.bytes.readUInt32LE(at);
  }

  /** Above 2^53 it is not exact: no offset or size of a file is, and such addresses are only those of kernels. */
  u64(at: number): number {
    this.need(at, 8);
    return Number(this.bigEndian ? this.bytes.readBigUInt64BE(at) : this.bytes.readBigUInt64LE(at));
  }

  /** An address or a size. */
  word(at: number): number {
    return this.bits === 64 ? this.u64(at) : this.u32(at);
  }

  /** Text up to a NUL, or of `most` bytes. */
  text(at: number, most = this.bytes.length): string {
    const bytes = this.bytes.subarray(at, at + most);
    const nul = bytes.indexOf(0);
    return bytes.toString('latin1', 0, nul < 0 ? bytes.length : nul);
  }

  /** Whether a text is anywhere in the bytes. */
  includes(text: string): boolean {
    return this.bytes.includes(text, 0, 'latin1');
  }

  /** Where `text` returns this text; undefined if the bytes have it in more than `most` places. */
  placesOf(text: string, most: number): readonly number[] | undefined {
    const places: number[] = [];
    let left = most;
    for (let at = this.bytes.indexOf(text, 0, 'latin1'); at >= 0; at = this.bytes.indexOf(text, at + 1, 'latin1')) {
      if (left === 0) return undefined;
      left -= 1;
      const end = at + text.length;
      if (end === this.bytes.length || this.bytes[end] === 0) places.push(at);
    }
    return places;
  }

  /** A part of the same bytes. */
  part(at: number, length: number): FileFields {
    this.need(at, length);
    return new FileFields(this.bytes.subarray(at, at + length), this);
  }

  private need(at: number, length: number): void {
    if (at < 0 || at + length > this.bytes.length) throw corruptExecutable('a table of it is cut off');
  }
}

/** The largest table (of sections, segments, commands or names) that is read. */
export const mostTableBytes = 16 * 1024 * 1024;

/** Reads a table of a file. Throws where it is absurdly large or not in the file. */
export function readTable(source: ByteSource, at: number, length: number): Buffer {
  if (length > mostTableBytes) throw new ClarionError('limit-exceeded', `a table of it has ${length} bytes`);
  return Buffer.from(readExactly(source, at, length));
}

/** Sections of one file, of all its architectures together. Some linked by function have tens of thousands. */
export const mostSections = 100_000;

export function tooMuch(what: string): ClarionError {
  return new ClarionError('limit-exceeded', `it has ${what}`);
}

export function corruptExecutable(what: string): ClarionError {
  return new ClarionError('corrupt-data', what);
}
