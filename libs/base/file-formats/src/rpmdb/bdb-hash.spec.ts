import fc from 'fast-check';
import type { ProblemCode } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { problemList } from '../problem-list';
import { rpmdbHeaders } from './rpmdb';

interface Shape {
  readonly littleEndian: boolean;
  readonly pageSize: number;
}

const common: Shape = { littleEndian: true, pageSize: 512 };

function read(database: Uint8Array): { values: string[]; codes: readonly ProblemCode[] } {
  const { note, problems } = problemList('db');
  const values = [...rpmdbHeaders({ database }, { note, budget: testBudget() })].map((value) =>
    Buffer.from(value).toString('hex'),
  );
  return { values, codes: problems().map((problem) => problem.code) };
}

const hex = (values: readonly Uint8Array[]): string[] => values.map((value) => Buffer.from(value).toString('hex'));

describe('a Berkeley DB hash', () => {
  const shape = fc.record({ littleEndian: fc.boolean(), pageSize: fc.constantFrom(512, 1024, 4096, 65536) });
  const values = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { maxLength: 12 });

  it('returns what was written, in either byte order and with any page size', () => {
    fc.assert(
      fc.property(shape, values, (made, written) => {
        expect(read(hashFile(written, made))).toEqual({ values: hex(written), codes: [] });
      }),
    );
  });

  const three = [Buffer.alloc(10, 1), Buffer.alloc(2000, 2), Buffer.alloc(1000, 3)];
  const sound = hashFile(three, common);
  const first = hex(three)[0]!;
  const third = hex(three)[2]!;

  it.each<[what: string, file: Uint8Array, values: readonly string[], codes: readonly ProblemCode[]]>([
    ['no values', hashFile([], common), [], []],
    ['an impossible page size', changed(sound, 20, [3, 0, 0, 0]), [], ['unreadable-database']],
    ['a page size beyond all bounds', changed(sound, 20, [0, 0, 2, 0]), [], ['unreadable-database']],
    ['metadata of another type', changed(sound, 25, [9]), [], ['unreadable-database']],
    ['a first page shorter than 512 bytes', sound.subarray(0, 511), [], ['truncated-database']],
    ['encryption', changed(sound, 24, [1]), [], ['unreadable-database']],
    [
      'an end before its last pages',
      sound.subarray(0, 512 * 3),
      [first],
      ['truncated-database', 'bad-record', 'bad-record'],
    ],
    [
      'a page of a B-tree instead of one of records',
      changed(sound, 512 + 25, [5]),
      [],
      ['unreadable-database', 'truncated-database'],
    ],
    ['a page of records that is marked as free', changed(sound, 512 + 25, [0]), [], ['truncated-database']],
    ['fewer pages than records need', changed(sound, 32, [0, 0, 0, 0]), [], ['truncated-database']],
    ['a number of records that is not kept', changed(sound, 88, [0, 0, 0, 0]), hex(three), []],
    ['an odd number of items', changed(sound, 512 + 20, [3, 0]), [], ['unreadable-database', 'truncated-database']],
    ['more items than fit a page', changed(sound, 512 + 20, [0, 2]), [], ['unreadable-database']],
    ['an item that lies within the index', changed(sound, 512 + 26, [1, 0]), [], ['unreadable-database']],
    ['items that overlap', changed(sound, 512 + 28, [255, 1]), [], ['unreadable-database']],
    ['an overflow page of another type', changed(sound, 512 * 2 + 25, [13]), [first, third], ['bad-record']],
    ['an empty overflow page', changed(sound, 512 * 2 + 22, [0, 0]), [first, third], ['bad-record']],
    ['an overflow page that is more than full', changed(sound, 512 * 2 + 22, [255, 2]), [first, third], ['bad-record']],
    ['a chain that ends early', changed(sound, 512 * 2 + 16, [0, 0, 0, 0]), [first, third], ['bad-record']],
    ['a chain that leads out of the file', changed(sound, 512 * 2 + 16, [0, 0, 9, 0]), [first, third], ['bad-record']],
  ])('with %s', (_, file, expected, codes) => {
    expect(read(file)).toEqual({ values: expected, codes });
  });

  it.each<[what: string, file: Uint8Array, values: readonly string[]]>([
    ['a page that is followed by itself', changed(sound, 512 * 2 + 16, [2, 0, 0, 0]), [first, third]],
    ['a page that leads back to one before it', changed(sound, 512 * 3 + 16, [2, 0, 0, 0]), [first, third]],
    ['a chain that goes on in that of another record', changed(sound, 512 * 2 + 16, [7, 0, 0, 0]), [first]],
  ])('reports %s', (_, file, expected) => {
    const { note, problems } = problemList('db');
    const found = [...rpmdbHeaders({ database: file }, { note, budget: testBudget() })];
    expect(hex(found)).toEqual(expected);
    expect(problems().some(({ message }) => message.includes('a loop'))).toBe(true);
  });

  it('takes no more steps than the file has pages and items', () => {
    const chain = Array.from({ length: 10 }, (_, index) => Buffer.alloc(20_000 + index, 1));
    for (const file of [hashFile(chain, common), changed(hashFile(chain, common), 512 * 40 + 16, [40, 0, 0, 0])]) {
      const budget = testBudget();
      const { note } = problemList('db');
      expect([...rpmdbHeaders({ database: file }, { note, budget })].length).toBeGreaterThan(0);
      expect(budget.spent.steps).toBeLessThan((file.length / 512) * 16);
    }
  });

  it('reports items of an unknown type and values that are larger than the file', () => {
    const at = lastItemOffset(sound);
    expect(read(changed(sound, at, [2])).codes).toEqual(['bad-record']);
    expect(read(changed(sound, at + 8, [255, 255, 255, 1])).codes).toEqual(['bad-record']);
  });

  it('ends when many records claim the same pages', () => {
    const one = hashFile([Buffer.alloc(30_000, 1)], common);
    const references = Array.from({ length: 18 }, () => one.subarray(512 * 2 - 27, 512 * 2 - 15));
    const crafted = Buffer.concat([one.subarray(0, 512), hashPage(references, common), one.subarray(1024)]);
    const { values: found, codes } = read(crafted);
    expect(found).toHaveLength(1);
    expect(codes).toEqual(['limit-reached']);
  });
});

/** Offset of the data item of the last value of `three`: the items of a page are stored from its end to its start. */
function lastItemOffset(file: Buffer): number {
  const count = file.readUInt16LE(512 + 20);
  return 512 + file.readUInt16LE(512 + 26 + 2 * (count - 1));
}

function changed(file: Buffer, offset: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(bytes, offset);
  return copy;
}

/** Writes the counter and `values` under keys 1, 2, …: one hash page for each twelve, overflow pages for long ones. */
function hashFile(values: readonly Uint8Array[], shape: Shape): Buffer {
  const hashPages = 1;
  const overflow: Buffer[] = [];
  const items = values.map((value) => {
    if (value.length < 20) return Buffer.concat([Buffer.from([1]), value]);
    const item = Buffer.alloc(12);
    item[0] = 3;
    writeUint32(item, 4, 1 + hashPages + overflow.length, shape);
    writeUint32(item, 8, value.length, shape);
    overflow.push(...overflowPages(value, 1 + hashPages + overflow.length, shape));
    return item;
  });
  const counter = Buffer.from([1, 7, 0, 0, 0]);
  const pages = [hashPage([counter, ...items], shape), ...overflow];
  const meta = Buffer.alloc(shape.pageSize);
  writeUint32(meta, 12, 0x061561, shape);
  writeUint32(meta, 16, 9, shape);
  writeUint32(meta, 20, shape.pageSize, shape);
  meta[25] = 8;
  writeUint32(meta, 32, pages.length, shape);
  writeUint32(meta, 88, values.length + 1, shape);
  return Buffer.concat([meta, ...pages]);
}

/** A hash page of the given data items under keys 0, 1, …. */
function hashPage(data: readonly Uint8Array[], shape: Shape): Buffer {
  const page = Buffer.alloc(shape.pageSize);
  page[25] = 13;
  writeUint16(page, 20, data.length * 2, shape);
  let end = shape.pageSize;
  data.forEach((item, number) => {
    const key = Buffer.alloc(5);
    key[0] = 1;
    writeUint32(key, 1, number, shape);
    [key, item].forEach((bytes, which) => {
      end -= bytes.length;
      page.set(bytes, end);
      writeUint16(page, 26 + 2 * (number * 2 + which), end, shape);
    });
  });
  return page;
}

function overflowPages(value: Uint8Array, firstNumber: number, shape: Shape): Buffer[] {
  const room = shape.pageSize - 26;
  const count = Math.ceil(value.length / room);
  return Array.from({ length: count }, (_, index) => {
    const part = value.subarray(index * room, (index + 1) * room);
    const page = Buffer.alloc(shape.pageSize);
    page[25] = 7;
    writeUint32(page, 16, index + 1 === count ? 0 : firstNumber + index + 1, shape);
    writeUint16(page, 22, part.length, shape);
    page.set(part, 26);
    return page;
  });
}

function writeUint32(page: Buffer, at: number, value: number, { littleEndian }: Shape): void {
  if (littleEndian) page.writeUInt32LE(value, at);
  else page.writeUInt32BE(value, at);
}

function writeUint16(page: Buffer, at: number, value: number, { littleEndian }: Shape): void {
  if (littleEndian) page.writeUInt16LE(value, at);
  else page.writeUInt16BE(value, at);
}
