import fc from 'fast-check';
import type { ProblemCode } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { problemList } from '../problem-list';
import { rpmdbHeaders } from './rpmdb';

function read(database: Uint8Array): { values: string[]; codes: readonly ProblemCode[] } {
  const { note, problems } = problemList('db');
  const values = [...rpmdbHeaders({ database }, { note, budget: testBudget() })].map((value) =>
    Buffer.from(value).toString('hex'),
  );
  return { values, codes: problems().map((problem) => problem.code) };
}

const hex = (values: readonly Uint8Array[]): string[] => values.map((value) => Buffer.from(value).toString('hex'));

describe('an NDB database', () => {
  it('returns what was written', () => {
    const values = fc.array(fc.uint8Array({ maxLength: 500 }), { maxLength: 300 });
    fc.assert(
      fc.property(values, (written) => {
        expect(read(ndbFile(written))).toEqual({ values: hex(written), codes: [] });
      }),
      { numRuns: 30 },
    );
  });

  const two = [Buffer.alloc(100, 1), Buffer.alloc(50, 2)];
  const [first, second] = hex(two);
  const sound = ndbFile(two);

  it.each<[what: string, file: Uint8Array, values: readonly (string | undefined)[], codes: readonly ProblemCode[]]>([
    ['an end within its header', sound.subarray(0, 31), [], ['truncated-database']],
    ['an unknown version', changed(sound, 4, [1]), [], ['unreadable-database']],
    ['no slot pages', changed(sound, 12, [0]), [], ['unreadable-database']],
    [
      'an end within its slots',
      sound.subarray(0, 2000),
      [],
      ['truncated-database', 'truncated-database', 'truncated-database'],
    ],
    ['an end within its second blob', sound.subarray(0, -30), [first], ['truncated-database']],
    ['a broken slot', changed(sound, 32, [0]), [second], ['bad-record']],
    [
      'a slot that leads out of the file',
      changed(sound, 32 + 8, [255, 255, 255, 255]),
      [second],
      ['truncated-database'],
    ],
    ['a slot that leads to no blob', changed(sound, 32 + 8, [1]), [second], ['bad-record']],
    ['a blob of another package', changed(sound, 4096 + 4, [9]), [second], ['bad-record']],
    ['a blob that is longer than the file', changed(sound, 4096 + 12, [0, 0, 1]), [second], ['truncated-database']],
  ])('with %s', (_, file, expected, codes) => {
    expect(read(file)).toEqual({ values: expected, codes });
  });

  it('ends when many slots claim the same blob', () => {
    const crafted = ndbFile([Buffer.alloc(3000, 1)]);
    for (let at = 48; at < 4096; at += 16) crafted.copyWithin(at, 32, 48);
    const { values, codes } = read(crafted);
    expect(values).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['bad-record']));
  });
});

function changed(file: Buffer, offset: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(bytes, offset);
  return copy;
}

function ndbFile(values: readonly Uint8Array[]): Buffer {
  const slotPages = Math.ceil((values.length + 2) / 256);
  const slots = Buffer.alloc(slotPages * 4096);
  slots.write('RpmP', 0);
  slots.writeUInt32LE(slotPages, 12);
  for (let at = 32; at < slots.length; at += 16) slots.write('Slot', at);
  const blobs: Buffer[] = [];
  let block = slots.length / 16;
  values.forEach((value, index) => {
    const blob = Buffer.alloc(Math.ceil((16 + value.length + 12) / 16) * 16);
    blob.write('BlbS', 0);
    blob.writeUInt32LE(index + 1, 4);
    blob.writeUInt32LE(value.length, 12);
    blob.set(value, 16);
    const slot = 32 + index * 16;
    [index + 1, block, blob.length / 16].forEach((number, at) => slots.writeUInt32LE(number, slot + 4 + at * 4));
    block += blob.length / 16;
    blobs.push(blob);
  });
  return Buffer.concat([slots, ...blobs]);
}
