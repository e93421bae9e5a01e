import type { NoteProblem } from '../problem-list';

/** The offset of the newest committed content of each page in the log. */
export interface CommittedPages {
  /** Page number to offset of its content in the log. */
  readonly pages: ReadonlyMap<number, number>;
  /** Pages of the database after the last commit; 0 when the log commits nothing. */
  readonly pageCount: number;
}

const headerBytes = 32;
const frameHeaderBytes = 24;
const nothing: CommittedPages = { pages: new Map(), pageCount: 0 };

/**
 * Reads a write-ahead log the way SQLite recovers it: frames count as long as their salts are those of the log and the
 * running checksum is correct, and only up to the last commit. What follows is from an older log or was never
 * committed, which is not a problem.
 *
 * @see https://www.sqlite.org/fileformat2.html#walformat
 */
export function committedPages(log: Uint8Array, pageSize: number, note: NoteProblem): CommittedPages {
  if (log.length === 0) return nothing;
  const view = new DataView(log.buffer, log.byteOffset, log.length);
  const header = readHeader(view, pageSize);
  if (header === undefined) {
    note('truncated-database', 'The write-ahead log is broken: changes that are only in it are not known');
    return nothing;
  }
  const committed = new Map<number, number>();
  let pending: [page: number, offset: number][] = [];
  let pageCount = 0;
  let checksum = header.checksum;
  const frameBytes = frameHeaderBytes + pageSize;
  for (let at = headerBytes; at + frameBytes <= log.length; at += frameBytes) {
    if (view.getUint32(at + 8) !== header.salt1 || view.getUint32(at + 12) !== header.salt2) break;
    checksum = addChecksum(checksum, view, { start: at, length: 8, littleEndian: header.littleEndian });
    const content = { start: at + frameHeaderBytes, length: pageSize, littleEndian: header.littleEndian };
    checksum = addChecksum(checksum, view, content);
    if (view.getUint32(at + 16) !== checksum[0] || view.getUint32(at + 20) !== checksum[1]) break;
    pending.push([view.getUint32(at), content.start]);
    const pagesAfterCommit = view.getUint32(at + 4);
    if (pagesAfterCommit === 0) continue;
    for (const [page, offset] of pending) committed.set(page, offset);
    pending = [];
    pageCount = pagesAfterCommit;
  }
  return { pages: committed, pageCount };
}

interface LogHeader {
  readonly littleEndian: boolean;
  readonly salt1: number;
  readonly salt2: number;
  readonly checksum: Checksum;
}

function readHeader(view: DataView, pageSize: number): LogHeader | undefined {
  if (view.byteLength < headerBytes) return undefined;
  const magic = view.getUint32(0);
  // The lowest bit is the byte order of the checksums; everything else is big-endian.
  if (magic >>> 1 !== 0x377f0682 >>> 1) return undefined;
  const littleEndian = magic === 0x377f0682;
  const checksum = addChecksum([0, 0], view, { start: 0, length: 24, littleEndian });
  const sound = view.getUint32(24) === checksum[0] && view.getUint32(28) === checksum[1];
  if (!sound || view.getUint32(8) !== pageSize) return undefined;
  return { littleEndian, salt1: view.getUint32(16), salt2: view.getUint32(20), checksum };
}

type Checksum = readonly [number, number];

interface Region {
  readonly start: number;
  readonly length: number;
  readonly littleEndian: boolean;
}

function addChecksum([first, second]: Checksum, view: DataView, region: Region): Checksum {
  let s0 = first;
  let s1 = second;
  for (let at = region.start; at < region.start + region.length; at += 8) {
    s0 = (s0 + view.getUint32(at, region.littleEndian) + s1) >>> 0;
    s1 = (s1 + view.getUint32(at + 4, region.littleEndian) + s0) >>> 0;
  }
  return [s0, s1];
}
