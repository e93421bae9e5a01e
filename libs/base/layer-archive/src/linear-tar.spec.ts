import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ClarionError } from '@clarion/model';
import { member, mostLinearGrowth, pax, stepGrowth } from '@clarion/test-kit';
import { createBudget } from './budget';
import { tarMembers } from './tar-members';
import { chunked, record } from '../testing/recording';
import { tarOf } from '../testing/walked';
import { walkTar, walkTarRegion } from './walk-tar';

type Body = (bytes: number) => Buffer;

/** As many results of `part` as make about `bytes` bytes. */
const repeated =
  (part: (number: number) => Buffer): Body =>
  (bytes) =>
    tarOf(...Array.from({ length: Math.ceil(bytes / part(0).length) }, (_, number) => part(number)));

const numbers = (bytes: number): readonly number[] => Array.from({ length: Math.ceil(bytes / 16) }, (_, at) => at);
const short = (): Buffer => member({ name: 'a/b' }, 'x');
/** A header with a flag and a body, followed by an entry. */
const before = (flag: string, body: string | Buffer): Buffer => Buffer.concat([member({ flag }, body), short()]);
const records = (all: readonly (readonly [string, string | Uint8Array])[]): Buffer =>
  Buffer.concat([pax(all), short()]);

/** An old GNU sparse header and blocks that continue it: every block has its 21 pieces, and announces another. */
function gnuSparse(bytes: number): Buffer {
  const piece = '00000000001\x0000000000000\0'.slice(0, 24);
  const block = Buffer.alloc(512);
  block.write(piece.repeat(21), 'latin1');
  block[504] = 1;
  const last = Buffer.from(block);
  last[504] = 0;
  const head = {
    flag: 'S',
    format: 'gnu',
    patches: { 386: piece.repeat(4), 482: '\x01', 483: '00000000001\0' },
  } as const;
  const blocks = Array.from({ length: Math.ceil(bytes / 512) }, () => block);
  return tarOf(member(head), ...blocks, last);
}

/** Archive contents that a hostile author may choose so that each byte costs as much as possible. */
const shapes: Readonly<Record<string, Body>> = {
  'one long pax record': (bytes) => tarOf(records([['path', 'x'.repeat(bytes)]])),
  'one long pax record that nobody reads': (bytes) => tarOf(records([['SCHILY.xattr.user.x', 'x'.repeat(bytes)]])),
  'one long key of a pax record': (bytes) => tarOf(records([['x'.repeat(bytes), '']])),
  'a pax record without an equals sign': (bytes) => tarOf(before('x', `${bytes + 8} ${'x'.repeat(bytes)}\n`)),
  'a pax record whose length does not end': (bytes) => tarOf(before('x', '1'.repeat(bytes))),
  'many pax records': (bytes) => tarOf(records(numbers(bytes).map((at) => [`a${at}`, 'x']))),
  'many pax records of one key': (bytes) => tarOf(records(numbers(bytes).map((at) => ['path', `a/${at}`]))),
  'many pax records that take each other back': (bytes) =>
    tarOf(records(numbers(bytes).map((at) => ['path', at % 2 === 0 ? 'x' : '']))),
  'many pieces of a sparse file in pax records': (bytes) =>
    tarOf(
      records([
        ['GNU.sparse.size', '1'],
        ['GNU.sparse.numblocks', String(numbers(bytes).length / 2)],
        ...numbers(bytes).map((at) => [`GNU.sparse.${at % 2 === 0 ? 'offset' : 'numbytes'}`, '0'] as const),
      ]),
    ),
  'a long sparse map in one pax record': (bytes) =>
    tarOf(
      records([
        ['GNU.sparse.size', '1'],
        ['GNU.sparse.numblocks', String(numbers(bytes).length)],
        [
          'GNU.sparse.map',
          numbers(bytes)
            .map(() => '0,0')
            .join(),
        ],
      ]),
    ),
  'a long sparse map before the data': (bytes) => {
    const pieces = numbers(bytes).length;
    const head = pax([
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.realsize', '1'],
    ]);
    return tarOf(head, member({}, `${pieces}\n${'0\n0\n'.repeat(pieces)}`));
  },
  'many blocks of old sparse headers': gnuSparse,
  'many pax headers': repeated((at) => records([['path', `a/${at}`]])),
  'many pax headers before one entry': repeated((at) => pax([['path', `a/${at}`]])),
  'many global pax headers': repeated((at) => pax([['path', `a/${at}`]], 'g')),
  'one long GNU name': (bytes) => tarOf(before('L', 'x/'.repeat(bytes / 2))),
  'one long GNU name that is not UTF-8': (bytes) => tarOf(before('L', Buffer.alloc(bytes, 0xff))),
  'one long GNU link': (bytes) => tarOf(member({ flag: 'K' }, '../'.repeat(bytes / 3)), member({ flag: '2' })),
  'many long GNU names': repeated((at) => before('L', `${at}/${'long/'.repeat(60)}`)),
  'many long GNU names before one entry': repeated((at) => member({ flag: 'L' }, `${at}/${'long/'.repeat(60)}`)),
  'many long GNU links': repeated((at) =>
    Buffer.concat([member({ flag: 'K' }, `${at}/${'long/'.repeat(60)}`), member({ flag: '1' })]),
  ),
  'names of dots': repeated(() => before('L', 'a/../'.repeat(500))),
  'many tiny members': repeated((at) => member({ name: `${at}` }, 'x')),
  'many empty members': repeated((at) => member({ name: `${at}` })),
  'many members of one name': repeated(short),
  'many members of unknown types': repeated((at) => member({ name: `${at}`, flag: 'Q' })),
  'many members outside of the root': repeated(() => member({ name: '../x' })),
  'many ends of the archive': repeated(() => tarOf(short())),
  'zeros without an end': (bytes) => tarOf(short(), Buffer.alloc(bytes)),
};

const folder = mkdtempSync(path.join(tmpdir(), 'clarion-linear-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Reader = (tar: Buffer, piece: number) => Promise<unknown>;

/** Every way to read a tar; limits are those of layers, and wide enough for everything measured. */
const readers: Readonly<Record<string, Reader>> = {
  walkTar: (tar, piece) => walkTar(chunked(tar, piece), record()),
  walkTarRegion: (tar) => {
    const file = path.join(folder, 'x.tar');
    writeFileSync(file, tar);
    return walkTarRegion({ path: file, offset: 0, length: tar.length }, record(0), createBudget({ label: 'x' }));
  },
  tarMembers: async (tar, piece) => {
    const members = tarMembers(chunked(tar, piece), { accept: () => true, memberBytes: 1e6, label: 'x' });
    while ((await members.next()).done !== true);
  },
};

/** Reads everything; an invalid archive ends with a `ClarionError`. */
async function readAll(reader: Reader, tar: Buffer, piece: number): Promise<void> {
  try {
    await reader(tar, piece);
  } catch (error) {
    if (!(error instanceof ClarionError)) throw error;
  }
}

/** Names of the shapes whose cost grows faster than their size. */
async function tooHeavy(reader: Reader, piece: number): Promise<readonly string[]> {
  const names: string[] = [];
  for (const [name, body] of Object.entries(shapes)) {
    const measure = (): Promise<number> => stepGrowth(body, (tar) => readAll(reader, tar, piece), 16 * 1024);
    let growth = await measure();
    // The measurement includes other work of the process, which varies between runs.
    for (let left = 2; left > 0 && growth >= mostLinearGrowth; left -= 1) growth = Math.min(growth, await measure());
    if (growth >= mostLinearGrowth) names.push(`${name}: ${growth.toFixed(2)} times`);
  }
  return names;
}

it.each([
  ['walkTar', 700],
  ['walkTar', 65_536],
  ['walkTarRegion', 0],
  ['tarMembers', 65_536],
])('%s does twice as much for twice as many bytes, in pieces of %d', async (reader, piece) => {
  expect(await tooHeavy(readers[reader]!, piece)).toEqual([]);
});

it('would detect a reader that reads everything again from time to time', async () => {
  const again: Reader = async (tar, piece) => {
    for (let end = 512; end < tar.length; end += 2048) await readAll(readers['walkTar']!, tar.subarray(0, end), piece);
  };
  expect(await tooHeavy(again, 65_536)).toContainEqual(expect.stringContaining('many tiny members'));
});
