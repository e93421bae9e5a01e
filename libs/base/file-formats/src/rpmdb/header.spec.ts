import fc from 'fast-check';
import { testBudget } from '@clarion/test-kit';
import { problemList } from '../problem-list';
import { readRpmHeader, type RpmHeader } from './header';

interface HeaderTag {
  readonly tag: number;
  readonly type: number;
  readonly value: string | number;
  /** In place of the right ones. */
  readonly offset?: number;
  readonly count?: number;
  readonly unterminated?: boolean;
}

const minimal: readonly HeaderTag[] = [
  { tag: 1000, type: 6, value: 'name' },
  { tag: 1001, type: 6, value: '1.0' },
  { tag: 1002, type: 6, value: '1' },
];
const minimalHeader: RpmHeader = { name: 'name', version: '1.0', release: '1' };

function read(blob: Uint8Array): { header: RpmHeader | undefined; problems: number } {
  const { note, problems } = problemList('db');
  return { header: readRpmHeader(blob, { note, budget: testBudget() }), problems: problems().length };
}

describe('an rpm header', () => {
  it('has all requested tags', () => {
    const tags: readonly HeaderTag[] = [
      { tag: 63, type: 7, value: 'region that is not looked at' },
      ...minimal,
      { tag: 1003, type: 4, value: 2 },
      { tag: 1004, type: 9, value: 'a summary' },
      { tag: 1011, type: 6, value: 'Vendor é' },
      { tag: 1014, type: 6, value: 'MIT' },
      { tag: 1022, type: 6, value: 'x86_64' },
      { tag: 1044, type: 6, value: 'name-1.0-1.src.rpm' },
      { tag: 5096, type: 6, value: 'name:1:2:c' },
    ];
    expect(read(headerBlob(tags))).toEqual({
      header: {
        ...minimalHeader,
        epoch: 2,
        vendor: 'Vendor é',
        license: 'MIT',
        architecture: 'x86_64',
        sourceRpm: 'name-1.0-1.src.rpm',
        module: 'name:1:2:c',
      },
      problems: 0,
    });
  });

  it.each<[what: string, tag: HeaderTag, expected: Partial<RpmHeader>]>([
    ['an epoch of 0', { tag: 1003, type: 4, value: 0 }, { epoch: 0 }],
    ['an epoch beyond 2^31', { tag: 1003, type: 4, value: 4_000_000_000 }, { epoch: 4_000_000_000 }],
    ['an epoch of text', { tag: 1003, type: 6, value: '1' }, {}],
    ['a source of (none)', { tag: 1044, type: 6, value: '(none)' }, {}],
    ['an empty vendor', { tag: 1011, type: 6, value: '' }, {}],
    ['a licence in several languages', { tag: 1014, type: 9, value: 'MIT\0MIT-de' }, { license: 'MIT' }],
    ['a licence of absurd length', { tag: 1014, type: 6, value: 'x'.repeat(5000) }, {}],
    ['the name a second time', { tag: 1000, type: 6, value: 'name' }, {}],
    ['a value outside the data', { tag: 1014, type: 6, value: 'MIT', offset: 1e9 }, {}],
    ['a value without end', { tag: 1014, type: 6, value: 'MIT', unterminated: true }, {}],
    ['a number that is cut', { tag: 1003, type: 4, value: 1, offset: 13 }, {}],
    ['a count of 0', { tag: 1014, type: 6, value: 'MIT', count: 0 }, {}],
  ])('with %s', (_, tag, expected) => {
    expect(read(headerBlob([...minimal, tag]))).toEqual({ header: { ...minimalHeader, ...expected }, problems: 0 });
  });

  it.each([
    ['no bytes', new Uint8Array(0)],
    ['seven bytes', new Uint8Array(7)],
    ['no tags', headerBlob([])],
    ['no name', headerBlob(minimal.slice(1))],
    ['no release', headerBlob(minimal.slice(0, 2))],
    ['a name that is not text', headerBlob([{ tag: 1000, type: 4, value: 1 }, ...minimal.slice(1)])],
    ['its end cut off', headerBlob(minimal).subarray(0, -1)],
    ['an index as long as the world', Buffer.from('ffffffffffffffff00000000', 'hex')],
  ])('with %s is a problem', (_, blob) => {
    expect(read(blob)).toEqual({ header: undefined, problems: 1 });
  });

  it.each<[what: string, tag: HeaderTag]>([
    ['another name', { tag: 1000, type: 6, value: 'other' }],
    ['another version', { tag: 1001, type: 6, value: '99' }],
    ['a release that is not text', { tag: 1002, type: 4, value: 99 }],
  ])('that has %s too is a problem', (_, tag) => {
    expect(read(headerBlob([...minimal, tag]))).toEqual({ header: minimalHeader, problems: 1 });
  });

  it('may be followed by more bytes', () => {
    expect(read(Buffer.concat([headerBlob(minimal), Buffer.alloc(20)])).header).toEqual(minimalHeader);
  });

  it('of any bytes is a header or a problem', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { header, problems } = read(bytes);
        expect(problems).toBe(header === undefined ? 1 : 0);
      }),
    );
  });
});

/** Writes a header in the layout of rpm, valid or not. */
function headerBlob(tags: readonly HeaderTag[]): Buffer {
  const index: Buffer[] = [];
  const data: Buffer[] = [];
  for (const { tag, type, value, offset, count, unterminated } of tags) {
    const end = data.reduce((sum, bytes) => sum + bytes.length, 0);
    const entry = Buffer.alloc(16);
    [tag, type, offset ?? end, count ?? 1].forEach((number, at) => entry.writeUInt32BE(number, at * 4));
    index.push(entry);
    data.push(valueBytes(value, unterminated === true));
  }
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(tags.length, 0);
  sizes.writeUInt32BE(Buffer.concat(data).length, 4);
  return Buffer.concat([sizes, ...index, ...data]);
}

function valueBytes(value: string | number, unterminated: boolean): Buffer {
  if (typeof value === 'string') return Buffer.from(unterminated ? value : `${value}\0`);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
