import { type ByteBudget, byteBudget } from '../byte-budget';
import type { ReadContext } from '../read-context';
import type { SqliteDatabase } from './pages';
import { readRecord, readVarint, type SqliteRow, type SqliteValue } from './record';
import { tableColumns } from './table-columns';

const interiorTable = 5;
const leafTable = 13;

/**
 * All rows of the table `name` in the order of their row ids. A column that is the row id itself reads as null. Broken
 * pages and rows are reported and left out; no page is visited twice.
 */
export function* sqliteTable(database: SqliteDatabase, name: string, context: ReadContext): Generator<SqliteRow> {
  const table = findTable(database, name, context);
  if (table === undefined) return;
  for (const { row } of rowsBelow(startWalk(database, context), table.root)) yield row;
}

/** The same with the column names of the table definition, and the row id in the column that is its alias. */
export function* sqliteNamedRows(
  database: SqliteDatabase,
  name: string,
  context: ReadContext,
): Generator<ReadonlyMap<string, SqliteValue>> {
  const table = findTable(database, name, context);
  if (table === undefined) return;
  const columns = tableColumns(table.definition);
  for (const { rowId, row } of rowsBelow(startWalk(database, context), table.root)) {
    yield new Map(columns.map((column, index) => [column.name, column.isRowId ? rowId : (row[index] ?? null)]));
  }
}

interface Table {
  readonly root: number;
  /** The SQL text that created it. */
  readonly definition: string;
}

/** Finds the table in the schema, which is itself a table with its root on page 1. */
function findTable(database: SqliteDatabase, name: string, context: ReadContext): Table | undefined {
  for (const { row } of rowsBelow(startWalk(database, context), 1)) {
    const [type, rowName, , root, sql] = row;
    const isNamed = type === 'table' && typeof rowName === 'string' && rowName.toLowerCase() === name.toLowerCase();
    if (isNamed && typeof root === 'number') return { root, definition: typeof sql === 'string' ? sql : '' };
  }
  context.note('unreadable-database', `The database has no table ${name}`);
  return undefined;
}

interface Walk {
  readonly database: SqliteDatabase;
  readonly context: ReadContext;
  readonly payloads: ByteBudget;
  /** Overflow pages that were read: each is part of one row. */
  readonly read: Set<number>;
}

function startWalk(database: SqliteDatabase, context: ReadContext): Walk {
  return { database, context, payloads: byteBudget(database.size), read: new Set() };
}

interface NumberedRow {
  readonly rowId: number;
  readonly row: SqliteRow;
}

function* rowsBelow(walk: Walk, root: number): Generator<NumberedRow> {
  const { note, budget } = walk.context;
  const visited = new Set<number>();
  const open = [root];
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    if (visited.has(number)) {
      note('unreadable-database', `Page ${number} of the database is part of a loop`);
      continue;
    }
    visited.add(number);
    const page = readPage(walk, number);
    if (page === undefined) continue;
    // A stack returns the leftmost child first when the children are pushed from the right.
    if (page.type === interiorTable) {
      for (const child of children(page).reverse()) open.push(child);
      if (open.length > walk.database.pageCount) {
        note('unreadable-database', 'The b-tree of the database has more branches than the file has pages');
        return;
      }
    } else {
      for (const cell of page.cells) {
        if (!budget.spend(1)) return;
        const payload = cellPayload(walk, page.bytes, cell);
        if (payload === 'over-budget') {
          note('limit-reached', 'The rows of the database are larger than the file; the rest is not read');
          return;
        }
        const row = payload && readRecord(payload.bytes, walk.database.textEncoding);
        if (row === undefined) note('bad-record', `A row on page ${number} of the database is broken`);
        else yield { rowId: payload?.rowId ?? 0, row };
      }
    }
  }
}

/** A page of a table's b-tree whose cell offsets are within it. */
interface TreePage {
  readonly bytes: Uint8Array;
  readonly type: number;
  readonly headerStart: number;
  readonly cells: readonly number[];
}

function readPage({ database, context: { note } }: Walk, number: number): TreePage | undefined {
  const bytes = database.page(number);
  if (bytes === undefined) {
    note('truncated-database', `Page ${number} of the database is missing`);
    return undefined;
  }
  const headerStart = number === 1 ? 100 : 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = view.getUint8(headerStart);
  const count = view.getUint16(headerStart + 3);
  const cellsStart = headerStart + (type === interiorTable ? 12 : 8);
  const cellsEnd = cellsStart + 2 * count;
  if ((type !== interiorTable && type !== leafTable) || cellsEnd > database.usableSize) {
    note('unreadable-database', `Page ${number} of the database is broken`);
    return undefined;
  }
  const cells: number[] = [];
  for (let at = cellsStart; at < cellsEnd; at += 2) {
    const cell = view.getUint16(at);
    if (cell < cellsEnd || cell + 4 > database.usableSize) {
      note('unreadable-database', `A cell of page ${number} of the database is out of place`);
    } else cells.push(cell);
  }
  return { bytes, type, headerStart, cells };
}

/** Page numbers of an interior page's children, from left to right. */
function children({ bytes, headerStart, cells }: TreePage): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return [...cells.map((cell) => view.getUint32(cell)), view.getUint32(headerStart + 8)];
}

/**
 * The payload of a leaf cell, with overflow pages where it does not fit the page.
 *
 * @see https://www.sqlite.org/fileformat2.html#b_tree_pages
 */
function cellPayload(walk: Walk, page: Uint8Array, cell: number): Payload | 'over-budget' | undefined {
  const { usableSize, size } = walk.database;
  const length = readVarint(page, cell);
  const rowId = length === undefined ? undefined : readVarint(page, length.next);
  if (length === undefined || rowId === undefined || length.value > size) return undefined;
  if (!walk.payloads.take(length.value)) return 'over-budget';
  const local = localLength(length.value, usableSize);
  const localEnd = rowId.next + local;
  if (localEnd > usableSize) return undefined;
  if (local === length.value) return { rowId: rowId.value, bytes: page.subarray(rowId.next, localEnd) };
  if (localEnd + 4 > usableSize) return undefined;
  const payload = new Uint8Array(length.value);
  payload.set(page.subarray(rowId.next, localEnd));
  const whole = fillFromOverflow(walk, payload, { filled: local, page: readUint32(page, localEnd) });
  return whole ? { rowId: rowId.value, bytes: payload } : undefined;
}

interface Payload {
  readonly rowId: number;
  readonly bytes: Uint8Array;
}

function localLength(length: number, usableSize: number): number {
  if (length <= usableSize - 35) return length;
  const least = Math.floor(((usableSize - 12) * 32) / 255) - 23;
  const fitting = least + ((length - least) % (usableSize - 4));
  return fitting <= usableSize - 35 ? fitting : least;
}

/** Every overflow page but the last is full. A page that is in two chains, or twice in one, breaks the row. */
function fillFromOverflow(walk: Walk, payload: Uint8Array, from: { filled: number; page: number }): boolean {
  const { usableSize } = walk.database;
  let number = from.page;
  for (let filled = from.filled; filled < payload.length; filled += usableSize - 4) {
    const page = walk.database.page(number);
    if (page === undefined || !walk.context.budget.spend(1)) return false;
    if (walk.read.has(number)) {
      walk.context.note('bad-record', `Overflow page ${number} of the database is part of two rows, or of a loop`);
      return false;
    }
    walk.read.add(number);
    const take = Math.min(usableSize - 4, payload.length - filled);
    payload.set(page.subarray(4, 4 + take), filled);
    number = readUint32(page, 0);
  }
  return true;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at);
}
