import { type ByteSource, ClarionError } from '@clarion/model';
import { readExactly } from '../byte-source';
import { readUInt64, signatures } from './zip-headers';

/** Where the central directory of an archive is. */
export interface DirectoryLocation {
  readonly start: number;
  readonly end: number;
  readonly entries: number;
  /** Bytes before the archive, as those of a script that unpacks itself: offsets count from there. */
  readonly base: number;
}

const endBytes = 22;
const locatorBytes = 20;
const zip64EndBytes = 56;
const longestComment = 0xffff;

/**
 * Finds the central directory by the end record, the last one that fits. Throws `corrupt-data` if the file is not a
 * zip archive, or not a whole one, or if it has two end records that name different directories: Java reads one of
 * them, Python the other.
 */
export function findDirectory(source: ByteSource): DirectoryLocation {
  const from = Math.max(source.size - endBytes - longestComment, 0);
  const tail = Buffer.from(source.read(from, source.size - from));
  for (let at = tail.length - endBytes; at >= 0; at -= 1) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== signatures.end) continue;
    const location = locationOf(source, tail.subarray(at), from + at);
    if (location !== undefined) return location;
  }
  throw new ClarionError('corrupt-data', 'it is not a whole zip archive');
}

/** Undefined where the record fits no directory: it may be part of a comment. */
function locationOf(source: ByteSource, record: Buffer, at: number): DirectoryLocation | undefined {
  const wide = zip64End(source, at);
  const small = { length: record.readUInt32LE(12), offset: record.readUInt32LE(16), entries: record.readUInt16LE(10) };
  const { length, offset, entries } = wide ?? small;
  const end = wide?.at ?? at;
  const start = end - length;
  const base = start - offset;
  // Archives of several files, of which this is one, are not read.
  if (start < 0 || base < 0 || record.readUInt16LE(4) !== 0) return undefined;
  if (entries > 0 && readExactly(source, start, 4).readUInt32LE(0) !== signatures.centralHeader) return undefined;
  // Bytes may follow the archive; in a comment, a record is one that Java takes only if it has a file at both ends.
  const isLast = at + endBytes + record.readUInt16LE(20) === source.size;
  if (!isLast && (entries === 0 || readExactly(source, base, 4).readUInt32LE(0) !== signatures.localHeader)) {
    return undefined;
  }
  if (wide !== undefined && !agree(small, wide)) {
    throw new ClarionError('corrupt-data', 'its end records name different directories');
  }
  return { start, end, entries, base };
}

interface EndNumbers {
  readonly length: number;
  readonly offset: number;
  readonly entries: number;
}

interface Zip64End extends EndNumbers {
  readonly at: number;
}

/** A number of the old record is that of the new one, or the largest there is, which refers to that. */
function agree(small: EndNumbers, wide: EndNumbers): boolean {
  const same = (of: keyof EndNumbers, largest: number): boolean => small[of] === wide[of] || small[of] === largest;
  return same('length', 0xffffffff) && same('offset', 0xffffffff) && same('entries', 0xffff);
}

/** The end record of an archive with 64-bit numbers, which its locator before the end record at `end` names. */
function zip64End(source: ByteSource, end: number): Zip64End | undefined {
  const locator = end - locatorBytes;
  if (locator < zip64EndBytes) return undefined;
  const bytes = readExactly(source, locator, locatorBytes);
  if (bytes.readUInt32LE(0) !== signatures.zip64Locator) return undefined;
  const named = Number(bytes.readBigUInt64LE(8));
  // Bytes before the archive move it; without additional data it ends where the locator begins.
  for (const at of [locator - zip64EndBytes, named]) {
    if (at < 0 || at + zip64EndBytes > locator) continue;
    const record = readExactly(source, at, zip64EndBytes);
    if (record.readUInt32LE(0) !== signatures.zip64End) continue;
    const number = (position: number): number => readUInt64(record, position, 'it has an end record with');
    return { at, entries: number(32), length: number(40), offset: number(48) };
  }
  return undefined;
}
