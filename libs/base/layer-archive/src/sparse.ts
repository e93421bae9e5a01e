import { type PaxRecords, parseDecimal } from './pax';
import { blockBytes, parseNumber } from './tar-header';

/** A piece of a sparse file that is stored; all between the pieces is zeros. */
export interface Fragment {
  readonly offset: number;
  readonly length: number;
}

/** How to make the content of a sparse file from its stored bytes. */
export interface SparseFile {
  /** Bytes of the whole content. */
  readonly size: number;
  /** Undefined when the map stands before the data in the body (pax format 1.0). */
  readonly fragments: readonly Fragment[] | undefined;
}

/** One header or extension block of the old GNU format holds so many fragments. */
const fragmentsInHeader = 4;
export const fragmentsInExtension = 21;
const fragmentBytes = 24;

/** The fragments of an old GNU header (at 386) or of an extension block (at 0); undefined when malformed. */
export function readGnuFragments(block: Buffer, at: number, inHeader: boolean): readonly Fragment[] | undefined {
  const start = at + (inHeader ? 386 : 0);
  const count = inHeader ? fragmentsInHeader : fragmentsInExtension;
  const fragments: Fragment[] = [];
  for (let index = 0; index < count; index++) {
    const field = start + index * fragmentBytes;
    if (block[field] === 0) break;
    const offset = parseNumber(block, field, 12);
    const length = parseNumber(block, field + 12, 12);
    if (offset === undefined || length === undefined) return undefined;
    fragments.push({ offset, length });
  }
  return fragments;
}

/** Tells whether an extension block follows a header or an extension block of the old GNU format. */
export function isGnuExtended(block: Buffer, at: number, inHeader: boolean): boolean {
  return block[at + (inHeader ? 482 : 504)] !== 0;
}

/** Bytes of the whole content, from an old GNU header. */
export function gnuRealSize(block: Buffer, at: number): number | undefined {
  return parseNumber(block, at + 483, 12);
}

/**
 * What a pax header says of a sparse file (https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html):
 * undefined when the file is not sparse, null when the records make no sense.
 */
export function paxSparse(records: PaxRecords): SparseFile | null | undefined {
  const { values, sparsePairs } = records;
  const map = values.get('GNU.sparse.map');
  const major = values.get('GNU.sparse.major');
  const sizeText = values.get('GNU.sparse.realsize') ?? values.get('GNU.sparse.size');
  if (major === undefined && map === undefined && sparsePairs.length === 0) return undefined;
  const size = parseDecimal(sizeText ?? '');
  if (size === undefined) return null;
  if (major === '1') return { size, fragments: undefined };
  const fragments = toFragments(map === undefined ? sparsePairs : map.split(','));
  return fragments === undefined ? null : { size, fragments };
}

function toFragments(numbers: readonly string[]): readonly Fragment[] | undefined {
  const fragments: Fragment[] = [];
  for (let index = 0; index < numbers.length; index += 2) {
    const offset = parseDecimal(numbers[index] ?? '');
    const length = parseDecimal(numbers[index + 1] ?? '');
    if (offset === undefined || length === undefined) return undefined;
    fragments.push({ offset, length });
  }
  return fragments;
}

/** The whole content of a sparse file, or undefined when its map does not fit its stored bytes. */
export function expandSparse(file: SparseFile, stored: Buffer): Buffer | undefined {
  const inBody = file.fragments === undefined ? readBodyMap(stored) : { fragments: file.fragments, dataStart: 0 };
  if (inBody === undefined) return undefined;
  const content = Buffer.alloc(file.size);
  let from = inBody.dataStart;
  let end = 0;
  for (const { offset, length } of inBody.fragments) {
    if (offset < end || offset + length > file.size || from + length > stored.length) return undefined;
    stored.copy(content, offset, from, from + length);
    from += length;
    end = offset + length;
  }
  return from === stored.length ? content : undefined;
}

/** The map of pax format 1.0: decimal lines (their number, then offset and length each), padded to a whole block. */
function readBodyMap(stored: Buffer): { fragments: readonly Fragment[]; dataStart: number } | undefined {
  let at = 0;
  function nextLine(): string {
    const end = stored.indexOf(0x0a, at);
    // 17 characters hold any number up to 2^53: a longer line is no number and must not be copied.
    const line = end < 0 || end - at > 17 ? '' : stored.toString('latin1', at, end);
    at = end + 1;
    return line;
  }
  const count = parseDecimal(nextLine());
  // Each fragment takes two lines of two bytes or more.
  if (count === undefined || count * 4 > stored.length) return undefined;
  const numbers: string[] = [];
  for (let index = 0; index < count * 2; index++) {
    const line = nextLine();
    if (line === '') return undefined;
    numbers.push(line);
  }
  const fragments = toFragments(numbers);
  return fragments === undefined ? undefined : { fragments, dataStart: Math.ceil(at / blockBytes) * blockBytes };
}
