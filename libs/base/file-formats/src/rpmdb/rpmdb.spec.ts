import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { ProblemCode } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { problemList } from '../problem-list';
import { rpmdbHeaders } from './rpmdb';

function read(database: Uint8Array, writeAheadLog?: Uint8Array): { values: string[]; codes: readonly ProblemCode[] } {
  const { note, problems } = problemList('db');
  const values = [
    ...rpmdbHeaders({ database, ...(writeAheadLog && { writeAheadLog }) }, { note, budget: testBudget() }),
  ];
  return {
    values: values.map((value) => Buffer.from(value).toString()),
    codes: problems().map((problem) => problem.code),
  };
}

function testdata(name: string): Buffer {
  return gunzipSync(readFileSync(path.join(__dirname, '..', 'testdata', `${name}.gz`)));
}

describe('an rpm database', () => {
  it.each<[what: string, database: Uint8Array, values: readonly string[], codes: readonly ProblemCode[]]>([
    [
      'a SQLite database with a row without header',
      testdata('packages.sqlite'),
      ['first', 'third'.repeat(200)],
      ['bad-record'],
    ],
    [
      'a SQLite database with bytes in another column, too',
      testdata('packages-two-blobs.sqlite'),
      ['first', 'second', 'third'],
      [],
    ],
    ['a SQLite database without the table', testdata('log.sqlite'), [], ['unreadable-database']],
    ['a SQLite database that is cut', testdata('log.sqlite').subarray(0, 50), [], ['truncated-database']],
    ['an empty file', new Uint8Array(0), [], ['truncated-database']],
    ['text', Buffer.from('this is not a database at all'), [], ['unreadable-database']],
    ['fifteen bytes', Buffer.from('SQLite format 3'), [], ['unreadable-database']],
  ])('that is %s', (_, database, values, codes) => {
    expect(read(database)).toEqual({ values, codes });
  });

  it('of any bytes after a magic number ends in values or problems', () => {
    const starts = [
      Buffer.from('SQLite format 3\0\x02\0\x01\x01\0@  ', 'latin1'),
      Buffer.from('RpmP\0\0\0\0\0\0\0\0\x01\0\0\0', 'latin1'),
      Buffer.from('00000000000000000000000061150600090000000002000000080000', 'hex'),
    ];
    const bytes = fc.uint8Array({ minLength: 600, maxLength: 6000 });
    fc.assert(
      fc.property(fc.constantFrom(...starts), bytes, bytes, (start, rest, log) => {
        const { values, codes } = read(Buffer.concat([start, rest]), log);
        expect(values.length + codes.length).toBeGreaterThan(0);
      }),
    );
  });
});
