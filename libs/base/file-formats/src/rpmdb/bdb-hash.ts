import type { WorkBudget } from '@clarion/model';
import { type ByteBudget, byteBudget } from '../byte-budget';
import type { NoteProblem } from '../problem-list';
import type { ReadContext } from '../read-context';

const magic = 0x00061561;
const pageHeaderBytes = 26;
/** Types of pages (P_INVALID, P_HASH_UNSORTED, P_HASHMETA, P_OVERFLOW, P_HASH) and of items on hash pages. */
const pageType = { free: 0, hashUnsorted: 2, overflow: 7, hashMeta: 8, hash: 13 } as const;
const recordlessPages: ReadonlySet<number | undefined> = new Set([pageType.free, pageType.overflow, pageType.hashMeta]);
const itemType = { inline: 1, offPage: 3 } as const;

/** A file that looks like a Berkeley DB hash. */
interface HashFile {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
  readonly pageSize: number;
  /** Existing pages; page 0 contains the metadata. */
  readonly pages: number;
  readonly budget: ByteBudget;
  readonly note: NoteProblem;
  readonly work: WorkBudget;
  /** By page, 1 for an overflow page that was read: each is part of one value. */
  readonly read: Uint8Array;
  /** How many keys the hash declares, and how many were found. */
  readonly keys: { readonly declared: number; met: number };
}

/**
 * The values of a Berkeley DB hash as rpm wrote it (`Packages`), in either byte order, without the counter under key 0.
 * All hash pages are visited in file order; the hash itself is not used here.
 *
 * @see https://github.com/berkeleydb/libdb/blob/master/src/dbinc/db_page.h
 */
export function* bdbHashValues(bytes: Uint8Array, context: ReadContext): Generator<Uint8Array> {
  const file = openHash(bytes, context);
  if (file === undefined) return;
  const { note, work } = file;
  for (let page = 1; page < file.pages && work.spend(1); page++) {
    if (!isHashPage(file, page)) continue;
    for (const item of dataItems(file, page)) {
      const value = itemValue(file, item);
      if (value === 'over-budget') {
        note('limit-reached', 'The records of the database are larger than the file; the rest is not read');
        return;
      }
      if (value === 'loop') {
        note('bad-record', `A record on page ${page} of the database lies on pages that are part of another: a loop`);
      } else if (value === undefined) note('bad-record', `A record on page ${page} of the database is broken`);
      else yield value;
    }
  }
  if (file.keys.met < file.keys.declared && work.problem() === undefined) {
    note(
      'truncated-database',
      `The database has ${file.keys.met} of the ${file.keys.declared} records that it should have`,
    );
  }
}

/** A page of a type that a hash never has may have been a page of records: it is reported. */
function isHashPage({ bytes, pageSize, note }: HashFile, page: number): boolean {
  const type = bytes[page * pageSize + 25];
  if (type === pageType.hash || type === pageType.hashUnsorted) return true;
  if (!recordlessPages.has(type)) note('unreadable-database', `Page ${page} of the database is of no type of a hash`);
  return false;
}

function openHash(bytes: Uint8Array, { note, budget: work }: ReadContext): HashFile | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 512) {
    note('truncated-database', `The database ends after ${bytes.length} bytes`);
    return undefined;
  }
  const littleEndian = view.getUint32(12, true) === magic;
  const pageSize = view.getUint32(20, littleEndian);
  const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0;
  if (pageSize < 512 || pageSize > 65536 || !isPowerOfTwo || bytes[25] !== pageType.hashMeta) {
    note('unreadable-database', 'The metadata page of the database is broken');
    return undefined;
  }
  if (bytes[24] !== 0) {
    note('unreadable-database', 'The database is encrypted');
    return undefined;
  }
  const declared = view.getUint32(32, littleEndian) + 1;
  const there = Math.floor(bytes.length / pageSize);
  if (there < declared) note('truncated-database', `The database ends at page ${there} of ${declared}`);
  const pages = Math.min(declared, there);
  const budget = byteBudget(bytes.length);
  // Berkeley DB counts keys unless transactions lock its pages, which rpm does not use: then the number stays too low.
  const keys = { declared: view.getUint32(88, littleEndian), met: 0 };
  return { bytes, view, littleEndian, pageSize, pages, budget, note, work, keys, read: new Uint8Array(pages) };
}

/** Absolute offsets of one data item. */
interface Item {
  readonly start: number;
  readonly end: number;
}

/**
 * The data items of a hash page; items alternate between key and data, and are stored from the end of the page to its
 * start.
 */
function* dataItems(file: HashFile, page: number): Generator<Item> {
  const start = page * file.pageSize;
  const count = file.view.getUint16(start + 20, file.littleEndian);
  const indexEnd = pageHeaderBytes + 2 * count;
  file.keys.met += Math.floor(count / 2);
  if (indexEnd > file.pageSize || count % 2 !== 0) {
    file.note('unreadable-database', `Page ${page} of the database is broken`);
    return;
  }
  let end = file.pageSize;
  let key: Item | undefined;
  for (let index = 0; index < count && file.work.spend(1); index++) {
    const offset = file.view.getUint16(start + pageHeaderBytes + 2 * index, file.littleEndian);
    if (offset < indexEnd || offset >= end) {
      file.note('unreadable-database', `The index of page ${page} of the database is broken`);
      return;
    }
    const item = { start: start + offset, end: start + end };
    if (key === undefined) key = item;
    else {
      if (!isCounter(file, key)) yield item;
      key = undefined;
    }
    end = offset;
  }
}

/** Whether the key is package number 0: under it the database stores the highest number. */
function isCounter(file: HashFile, key: Item): boolean {
  if (file.bytes[key.start] !== itemType.inline || key.end - key.start !== 5) return false;
  return file.view.getUint32(key.start + 1, true) === 0;
}

function itemValue(file: HashFile, item: Item): Uint8Array | 'over-budget' | 'loop' | undefined {
  const type = file.bytes[item.start];
  if (type === itemType.inline) {
    if (!file.budget.take(item.end - item.start)) return 'over-budget';
    return file.bytes.subarray(item.start + 1, item.end);
  }
  if (type !== itemType.offPage || item.end - item.start < 12) return undefined;
  const page = file.view.getUint32(item.start + 4, file.littleEndian);
  const length = file.view.getUint32(item.start + 8, file.littleEndian);
  if (length > file.bytes.length) return undefined;
  return file.budget.take(length) ? overflowValue(file, page, length) : 'over-budget';
}

/** Follows a chain of overflow pages. A page in two chains, or twice in one, is `loop`: no real database has one. */
function overflowValue(file: HashFile, firstPage: number, length: number): Uint8Array | 'loop' | undefined {
  const value = new Uint8Array(length);
  let page = firstPage;
  for (let filled = 0; filled < length;) {
    if (page === 0 || page >= file.pages || !file.work.spend(1)) return undefined;
    if (file.read[page] === 1) return 'loop';
    file.read[page] = 1;
    const start = page * file.pageSize;
    const here = file.view.getUint16(start + 22, file.littleEndian);
    if (file.bytes[start + 25] !== pageType.overflow || here === 0 || here > file.pageSize - pageHeaderBytes) {
      return undefined;
    }
    const take = Math.min(here, length - filled);
    value.set(file.bytes.subarray(start + pageHeaderBytes, start + pageHeaderBytes + take), filled);
    filled += take;
    page = file.view.getUint32(start + 16, file.littleEndian);
  }
  return value;
}
