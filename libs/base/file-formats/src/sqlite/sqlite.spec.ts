import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ProblemCode } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { problemList } from '../problem-list';
import { openSqlite } from './pages';
import { readRecord, readVarint, type SqliteRow } from './record';
import { sqliteTable } from './table';

/** Made with SQLite 3.40; see the readme. */
function testdata(name: string): Buffer {
  return gunzipSync(readFileSync(path.join(__dirname, '..', 'testdata', `${name}.gz`)));
}

interface Read {
  readonly rows: readonly SqliteRow[];
  readonly codes: readonly ProblemCode[];
}

function read(bytes: Uint8Array, options: { log?: Uint8Array; table?: string } = {}): Read {
  const { note, problems } = problemList('db');
  const database = openSqlite(bytes, options.log, note);
  const rows =
    database === undefined ? [] : [...sqliteTable(database, options.table ?? 'Sample', { note, budget: testBudget() })];
  return { rows, codes: problems().map((problem) => problem.code) };
}

/** The rows that the script put into the databases. */
function sampleRows(count: number): SqliteRow[] {
  return Array.from({ length: count }, (_, index) => {
    const i = index + 1;
    const number = i % 10 === 0 ? null : i % 7 === 0 ? i % 2 : (-1) ** i * 7 ** (i % 18);
    return [null, number, i / 4, `text-${i}-é`, Uint8Array.from({ length: (i * 37) % 1500 }, (_, k) => (i + k) & 255)];
  });
}

const small = testdata('pages-of-512.sqlite');

describe('a SQLite table', () => {
  it.each([
    ['pages-of-512.sqlite', 300],
    ['pages-of-4096-utf16le.sqlite', 60],
    ['pages-of-4096-utf16be.sqlite', 60],
    ['pages-of-65536.sqlite', 60],
  ])('is read from %s', (name, count) => {
    const { rows, codes } = read(testdata(name));
    expect(codes).toEqual([]);
    expect(rows.map(plain)).toEqual(sampleRows(count).map(plain));
  });

  it('is found by its name in any case, and no view or index is mistaken for a table', () => {
    expect(read(small, { table: 'SAMPLE' }).rows).toHaveLength(300);
    expect(read(small, { table: 'v' })).toEqual({ rows: [], codes: ['unreadable-database'] });
    expect(read(small, { table: 'i' })).toEqual({ rows: [], codes: ['unreadable-database'] });
    expect(read(small, { table: 'other' })).toEqual({ rows: [], codes: [] });
  });

  it('is read from a view into a larger buffer', () => {
    const inside = Buffer.concat([Buffer.alloc(13, 255), small, Buffer.alloc(7, 255)]).subarray(13, 13 + small.length);
    expect(read(inside).rows).toHaveLength(300);
  });

  it.each<[what: string, change: (bytes: Buffer) => Uint8Array, code: ProblemCode]>([
    ['a file shorter than its header', (bytes) => bytes.subarray(0, 99), 'truncated-database'],
    ['a file that ends early', (bytes) => bytes.subarray(0, bytes.length / 2), 'truncated-database'],
    ['a page size of 0', (bytes) => at(bytes, 16, 0, 0), 'unreadable-database'],
    ['a page size that is not a power of two', (bytes) => at(bytes, 16, 0x03, 0), 'unreadable-database'],
    ['more reserved bytes than a page may have', (bytes) => at(bytes, 20, 40), 'unreadable-database'],
    ['a first page that is not a table', (bytes) => at(bytes, 100, 2), 'unreadable-database'],
    ['a first page with too many cells', (bytes) => at(bytes, 103, 0xff, 0xff), 'unreadable-database'],
    ['a cell outside its page', (bytes) => at(bytes, 108, 0xff, 0xff), 'unreadable-database'],
  ])('of %s is a problem', (_, change, code) => {
    expect(read(change(Buffer.from(small))).codes).toContain(code);
  });

  it('loses only what is on a broken page', () => {
    const leaves = pagesOfType(small, 13).filter((page) => page > 1);
    expect(leaves.length).toBeGreaterThan(50);
    for (const page of leaves) {
      const { rows, codes } = read(Buffer.from(small).fill(0xee, page * 512, (page + 1) * 512));
      expect(rows.length).toBeGreaterThanOrEqual(290);
      expect(rows.length).toBeLessThan(300);
      expect(codes).toEqual(['unreadable-database']);
    }
  });

  it('does not follow a loop of pages', () => {
    const looped = Buffer.from(small);
    const interior = pagesOfType(looped, 5).filter((page) => page > 0);
    // The rightmost child of every interior page becomes the page itself.
    for (const page of interior) looped.writeUInt32BE(page + 1, page * 512 + 8);
    expect(interior.length).toBeGreaterThan(2);
    expect(read(looped).codes).toContain('unreadable-database');
  });

  describe('whose overflow pages', () => {
    const pageSize = 512;
    const pages = small.length / pageSize;
    /** The pages that begin with the number of another one: never tree pages, which begin with their type. */
    const linked = Array.from({ length: pages - 1 }, (_, index) => index + 2).filter((number) => {
      const next = small.readUInt32BE((number - 1) * pageSize);
      return next > 1 && next <= pages;
    });
    const withNext = (number: number, next: number): Buffer => {
      const bytes = Buffer.from(small);
      bytes.writeUInt32BE(next, (number - 1) * pageSize);
      return bytes;
    };
    const [first = 0] = linked;
    const [other = 0] = linked.slice(-1);

    it.each([
      ['lead to themselves', withNext(first, first)],
      ['lead into the pages of another row', withNext(first, other)],
    ])('%s are a problem, and each page is visited once', (_, bytes) => {
      expect(first).toBeGreaterThan(1);
      const { note, problems } = problemList('db');
      const budget = testBudget();
      const database = openSqlite(bytes, undefined, note);
      if (database === undefined) throw new Error('no database');
      const rows = [...sqliteTable(database, 'Sample', { note, budget })];
      expect(problems().map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/^Overflow page \d+ of the database is part of two rows, or of a loop/),
      );
      expect(rows.length).toBeLessThan(300);
      expect(rows.length).toBeGreaterThan(290);
      expect(budget.spent.steps).toBeLessThan(pages + 600);
    });
  });

  it('ends when all cells claim the same long chain of pages', () => {
    const crafted = Buffer.from(small);
    for (const page of pagesOfType(crafted, 13).filter((leaf) => leaf > 0)) {
      const cell = crafted.readUInt16BE(page * 512 + 8);
      crafted.writeUInt16BE(0xff7f, page * 512 + cell);
    }
    expect(read(crafted).codes).toContain('limit-reached');
  });

  it('ends when a page has more children than the file has pages', () => {
    const crafted = testdata('log.sqlite');
    const page = crafted.subarray(512);
    page.fill(0);
    page[0] = 5;
    page.writeUInt16BE(200, 3);
    for (let cell = 0; cell < 200; cell++) page.writeUInt16BE(420, 12 + 2 * cell);
    expect(read(crafted)).toEqual({ rows: [], codes: ['unreadable-database'] });
  });
});

describe('a write-ahead log', () => {
  const database = testdata('log.sqlite');
  const log = testdata('log.sqlite-wal');
  const frame = 24 + 512;
  const count = (wal: Uint8Array): number => read(database, { log: wal }).rows.length;

  it('adds what the database does not have', () => {
    expect(read(database)).toEqual({ rows: [], codes: [] });
    const { rows, codes } = read(database, { log });
    expect(rows.map(plain)).toEqual([1, 2, 3, 4, 5].map((i) => [null, plainValue(new Uint8Array(600).fill(i))]));
    expect(codes).toEqual([]);
  });

  it('counts up to the last whole commit, wherever it ends', () => {
    const counts = Array.from({ length: Math.ceil(log.length / 100) }, (_, index) =>
      count(log.subarray(0, index * 100)),
    );
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(counts)).toEqual(new Set([0, 1, 2, 3, 4, 5].filter((n) => n < 5)));
  });

  it('ignores everything from the first frame with a wrong checksum, salt or content', () => {
    const frames = (log.length - 32) / frame;
    for (let index = 0; index < frames; index++) {
      for (const offset of [9, 17, 24 + 300]) {
        const broken = Buffer.from(log);
        broken.writeUInt8(broken.readUInt8(32 + index * frame + offset) ^ 1, 32 + index * frame + offset);
        expect(count(broken)).toBe(count(log.subarray(0, 32 + index * frame)));
      }
    }
  });

  it.each([
    ['a header that is cut', log.subarray(0, 31)],
    ['another magic number', at(Buffer.from(log), 0, 0)],
    ['a wrong checksum', at(Buffer.from(log), 24, 0, 0, 0, 0)],
    ['another page size', at(Buffer.from(log), 8, 0, 0, 4, 0)],
  ])('with %s is a problem', (_, broken) => {
    expect(read(database, { log: broken })).toEqual({ rows: [], codes: ['truncated-database'] });
  });
});

describe('a record', () => {
  it.each<[what: string, bytes: readonly number[], row: SqliteRow | undefined]>([
    ['nothing', [], undefined],
    ['a header longer than itself', [9, 0], undefined],
    ['a header without columns', [1], []],
    ['a value that is cut', [2, 4, 1, 2, 3], undefined],
    ['a type that is cut', [2, 0x80], undefined],
    ['constants', [4, 0, 8, 9], [null, 0, 1]],
    ['reserved types', [3, 10, 11], [null, null]],
    ['integers of one byte', [3, 1, 1, 0x7f, 0x80], [127, -128]],
    ['an integer of three bytes', [2, 3, 0xff, 0xff, 0xfe], [-2]],
    ['an integer of six bytes', [2, 5, 0, 1, 0, 0, 0, 0], [4294967296]],
    ['a float', [2, 7, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], [1.5]],
    ['text', [2, 17, 0x61, 0x62], ['ab']],
    ['more columns than SQLite allows', [0x8f, 0x7f, ...new Array<number>(2045).fill(8)], undefined],
  ])('of %s', (_, bytes, row) => {
    expect(readRecord(Uint8Array.from(bytes), 'utf-8')).toEqual(row);
  });

  it.each([
    [[0x00], 0],
    [[0x7f], 127],
    [[0x81, 0x00], 128],
    [[0x80, 0x80], undefined],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xff], 255],
  ])('has the varint %j', (bytes, value) => {
    expect(readVarint(Uint8Array.from(bytes), 0)?.value).toBe(value);
  });
});

function at(bytes: Buffer, offset: number, ...values: readonly number[]): Buffer {
  bytes.set(values, offset);
  return bytes;
}

/** Indexes of the pages of 512 bytes whose b-tree type is `type`; page 0 has its header after that of the file. */
function pagesOfType(bytes: Buffer, type: number): number[] {
  const pages = Array.from({ length: bytes.length / 512 }, (_, page) => page);
  return pages.filter((page) => bytes[page * 512 + (page === 0 ? 100 : 0)] === type);
}

function plain(row: SqliteRow): unknown {
  return row.map(plainValue);
}

function plainValue(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
