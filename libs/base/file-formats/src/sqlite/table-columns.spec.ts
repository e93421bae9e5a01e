import { tableColumns } from './table-columns';

describe('tableColumns', () => {
  it.each([
    ['CREATE TABLE t (a, b TEXT)', ['a', 'b']],
    ['CREATE TABLE t (id INTEGER PRIMARY KEY, b)', ['id*', 'b']],
    ['CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, b)', ['id*', 'b']],
    ['CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, b)', ['id*', 'b']],
    ['CREATE TABLE "t" ("id" INTEGER, "Name" TEXT, PRIMARY KEY("id" AUTOINCREMENT))', ['id*', 'name']],
    ['CREATE TABLE t (id INTEGER, n, CONSTRAINT k PRIMARY KEY (id))', ['id*', 'n']],
    // Only an INTEGER is the row id, and only alone.
    ['CREATE TABLE t (id INT PRIMARY KEY, b)', ['id', 'b']],
    ['CREATE TABLE t (id TEXT PRIMARY KEY)', ['id']],
    ['CREATE TABLE t (a INTEGER, b INTEGER, PRIMARY KEY (a, b))', ['a', 'b']],
    ['CREATE TABLE t (a DECIMAL(10, 2), b REFERENCES u(c, d), UNIQUE (a, b), CHECK (a > 0))', ['a', 'b']],
    ['CREATE TABLE t (`a` TEXT, [b c] TEXT, "primary" TEXT)', ['a', 'b c', 'primary']],
    ['CREATE TABLE t', []],
    ['CREATE TABLE t (a, b', ['a']],
    ['', []],
  ])('%s has %j', (definition, expected) => {
    expect(tableColumns(definition).map(({ name, isRowId }) => (isRowId ? `${name}*` : name))).toEqual(expected);
  });
});
