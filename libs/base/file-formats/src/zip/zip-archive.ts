import { type ByteSource, ClarionError } from '@clarion/model';
import { readExactly } from '../byte-source';
import { findDirectory } from './find-directory';
import { type CentralEntry, centralHeaderBytes, localHeaderBytes, parseCentralHeader, signatures } from './zip-headers';

/** A member as the central directory describes it; `offset` counts from the start of the file. */
export interface ZipMember extends CentralEntry {
  /** Nothing of the member is at or after this offset. */
  readonly end: number;
}

/** The largest central directory that is read, and its most entries. */
export interface ZipLimits {
  readonly directoryBytes: number;
  readonly entries: number;
}

const pageBytes = 256 * 1024;
const label = 'it has an entry with';

/**
 * Reads the central directory of a zip archive (PKWARE APPNOTE 6.3.10) and returns the members that `select` accepts by
 * name. Throws `corrupt-data` where the directory is damaged, lies about its number of entries, or names entries that
 * overlap; `limit-exceeded`.
 */
export function selectMembers(
  source: ByteSource,
  limits: ZipLimits,
  select: (name: string) => boolean,
): { readonly members: readonly ZipMember[]; readonly entries: number } {
  const directory = findDirectory(source);
  const { start, end, entries, base } = directory;
  if (end - start > limits.directoryBytes) throw tooLarge(`a directory of more than ${limits.directoryBytes} bytes`);
  if (entries > limits.entries) throw tooLarge(`more than ${limits.entries} entries`);
  const selected: CentralEntry[] = [];
  const offsets = new Float64Array(entries);
  const lengths = new Map<number, number>();
  let count = 0;
  for (const entry of centralEntries(source, start, end)) {
    if (count >= entries) throw corrupt('its directory has more entries than its end record says');
    const offset = base + entry.offset;
    if (offset + localHeaderBytes + entry.storedSize > start) throw corrupt('an entry lies outside of its data');
    offsets[count] = offset;
    lengths.set(offset, entry.storedSize);
    count += 1;
    if (select(entry.name)) selected.push({ ...entry, offset });
  }
  if (count !== entries) throw corrupt('its directory has fewer entries than its end record says');
  offsets.sort();
  refuseOverlaps(offsets, lengths);
  return { members: selected.map((entry) => ({ ...entry, end: following(offsets, entry.offset, start) })), entries };
}

function* centralEntries(source: ByteSource, start: number, end: number): Generator<CentralEntry> {
  let page = Buffer.alloc(0);
  let pageAt = start;
  const bytesAt = (at: number, length: number): Buffer => {
    if (at + length > end) throw corrupt('its directory is cut off');
    if (at + length > pageAt + page.length) {
      page = Buffer.from(readExactly(source, at, Math.min(Math.max(pageBytes, length), end - at)));
      pageAt = at;
    }
    return page.subarray(at - pageAt, at - pageAt + length);
  };
  for (let at = start; at < end;) {
    const signature = bytesAt(at, 4).readUInt32LE(0);
    if (signature !== signatures.centralHeader) throw corrupt('its directory has something else than entries');
    const fixed = bytesAt(at, centralHeaderBytes).subarray(4);
    const length = fixed.readUInt16LE(24) + fixed.readUInt16LE(26) + fixed.readUInt16LE(28);
    yield parseCentralHeader(Buffer.from(fixed), bytesAt(at + centralHeaderBytes, length), label);
    at += centralHeaderBytes + length;
  }
}

/** Entries that share bytes are a way to make a small archive expand without end. */
function refuseOverlaps(offsets: Float64Array, lengths: ReadonlyMap<number, number>): void {
  for (let index = 0; index + 1 < offsets.length; index += 1) {
    const offset = offsets[index] ?? 0;
    if (offset + localHeaderBytes + (lengths.get(offset) ?? 0) > (offsets[index + 1] ?? 0)) {
      throw corrupt('entries of it overlap');
    }
  }
}

/** The first offset after `offset`, by bisection. */
function following(offsets: Float64Array, offset: number, end: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return offsets[low] ?? end;
}

function corrupt(what: string): ClarionError {
  return new ClarionError('corrupt-data', what);
}

function tooLarge(what: string): ClarionError {
  return new ClarionError('limit-exceeded', `it has ${what}`);
}
