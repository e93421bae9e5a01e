import type { NoteProblem } from '../problem-list';
import { committedPages } from './write-ahead-log';

/** The pages of a SQLite database as a reader sees them. */
export interface SqliteDatabase {
  readonly pageSize: number;
  /** Bytes of a page that b-trees use; the rest is reserved for extensions. */
  readonly usableSize: number;
  readonly textEncoding: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** Bytes of the database and its log together: no sound content is larger. */
  readonly size: number;
  /** Highest possible page number. */
  readonly pageCount: number;
  /** Page `number`, counted from 1; undefined when the file ends before it. */
  page(number: number): Uint8Array | undefined;
}

const headerBytes = 100;
const encodings = ['utf-8', 'utf-8', 'utf-16le', 'utf-16be'] as const;

/**
 * Opens a read-only SQLite database in memory. `writeAheadLog` is the content of the `-wal` file, if there is one: the
 * pages of its committed transactions replace those in the file.
 *
 * @see https://www.sqlite.org/fileformat2.html
 */
export function openSqlite(
  bytes: Uint8Array,
  writeAheadLog: Uint8Array | undefined,
  note: NoteProblem,
): SqliteDatabase | undefined {
  if (bytes.length < headerBytes) {
    note('truncated-database', `The database ends after ${bytes.length} bytes`);
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rawPageSize = view.getUint16(16);
  const pageSize = rawPageSize === 1 ? 65536 : rawPageSize;
  const usableSize = pageSize - view.getUint8(20);
  const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0;
  if (pageSize < 512 || !isPowerOfTwo || usableSize < 480) {
    note('unreadable-database', `The database has the impossible page size ${pageSize}`);
    return undefined;
  }
  const log = writeAheadLog ?? new Uint8Array(0);
  const newer = committedPages(log, pageSize, note);
  const inFile = Math.floor(bytes.length / pageSize);
  const declared = view.getUint32(28);
  if (newer.pages.size === 0 && declared > inFile) {
    note('truncated-database', `The database ends at page ${inFile} of ${declared}`);
  }
  return {
    pageSize,
    usableSize,
    textEncoding: encodings[view.getUint32(56)] ?? 'utf-8',
    size: bytes.length + log.length,
    pageCount: Math.max(inFile, newer.pageCount),
    page(number) {
      const logged = newer.pages.get(number);
      if (logged !== undefined) return log.subarray(logged, logged + pageSize);
      return number >= 1 && number <= inFile ? bytes.subarray((number - 1) * pageSize, number * pageSize) : undefined;
    },
  };
}
