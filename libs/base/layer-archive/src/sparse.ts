import { type PaxRecords, parseDecimal } from './pax';
import { blockBytes, parseNumber } from './tar-header';

/** A stored piece of a sparse file; everything between the pieces is zeros. */
export interface SparseFragment {
  readonly offset: number;
  readonly length: number;
}

/** How to build the content of a sparse file from its stored bytes. */
export interface SparseFile {
  /** Bytes of the whole content. */
  readonly size: number;
  /** Undefined when the map is before the data in the body (pax format 1.0). */
  readonly fragments: readonly SparseFragment[] | undefined;
  /** The name of the file; it replaces all other names. */
  readonly name?: string;
}

/** Number of fragments in one header, and in one extension block, of the old GNU format. */
const fragmentsInHeader = 4;
const fragmentsInExtension = 21;
const fragmentBytes = 24;

/** The fragments of an old GNU header (at 386) or of an extension block (at 0); undefined when malformed. */
export function readGnuFragments(block: Buffer, at: number, inHeader: boolean): readonly SparseFragment[] | undefined {
  const start = at + (inHeader ? 386 : 0);
  const count = inHeader ? fragmentsInHeader : fragmentsInExtension;
  const fragments: SparseFragment[] = [];
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

/** Whether an extension block follows a header or an extension block of the old GNU format. */
export function isGnuExtended(block: Buffer, at: number, inHeader: boolean): boolean {
  return block[at + (inHeader ? 482 : 504)] !== 0;
}

/** Bytes of the whole content, from an old GNU header. */
export function gnuRealSize(block: Buffer, at: number): number | undefined {
  return parseNumber(block, at + 483, 12);
}

/**
 * The sparse file of a pax header (https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html) as Go's
 * archive/tar understands it: undefined when the file is not sparse, whatever single records say, null when they are
 * invalid. Without an explicit size the file is as long as `stored`.
 */
export function paxSparse({ values }: PaxRecords, stored: number): SparseFile | null | undefined {
  const format = sparseFormat(values);
  if (format === undefined) return undefined;
  const sizeText = values.get('GNU.sparse.size') ?? values.get('GNU.sparse.realsize');
  const size = sizeText === undefined ? stored : parseDecimal(sizeText);
  if (size === undefined) return null;
  const named = values.get('GNU.sparse.name');
  const name = named === undefined ? {} : { name: named };
  if (format === '1.0') return { size, fragments: undefined, ...name };
  const map = values.get('GNU.sparse.map') ?? '';
  const numbers = map === '' ? [] : map.split(',');
  const count = parseDecimal(values.get('GNU.sparse.numblocks') ?? '');
  if (count === undefined || count * 2 !== numbers.length) return null;
  const fragments = toFragments(numbers);
  return fragments === undefined ? null : { size, fragments, ...name };
}

/** 0.0 and 0.1 are treated alike: their maps differ in form only, and they may omit their version. */
function sparseFormat(values: PaxRecords['values']): '0.x' | '1.0' | undefined {
  const major = values.get('GNU.sparse.major') ?? '';
  const minor = values.get('GNU.sparse.minor') ?? '';
  if (major === '0' && (minor === '0' || minor === '1')) return '0.x';
  if (major === '1' && minor === '0') return '1.0';
  if (major !== '' || minor !== '') return undefined;
  return (values.get('GNU.sparse.map') ?? '') === '' ? undefined : '0.x';
}

function toFragments(numbers: readonly string[]): readonly SparseFragment[] | undefined {
  const fragments: SparseFragment[] = [];
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
function readBodyMap(stored: Buffer): { fragments: readonly SparseFragment[]; dataStart: number } | undefined {
  let at = 0;
  function nextLine(): string {
    const end = stored.indexOf(0x0a, at);
    // 17 characters are enough for any number up to 2^53: a longer line is not a number and must not be copied.
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
