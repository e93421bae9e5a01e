import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listTar } from './list-tar';
import { endBlocks, member, pax } from '@clarion/test-kit';
import { resultOf } from '../testing/recording';

describe('listTar', () => {
  let folder = '';
  let file = '';
  const large = Buffer.alloc(300_000, 'y');
  const tar = Buffer.concat([
    member({ name: 'manifest.json' }, '[]'),
    member({ name: './blobs/large' }, large),
    member({ name: 'a/layer.tar', flag: '2', link: '../b.tar' }),
    member({ name: 'c', flag: '1', link: '/manifest.json' }),
    pax([
      ['GNU.sparse.map', '0,3'],
      ['GNU.sparse.numblocks', '1'],
      ['GNU.sparse.size', '9'],
      ['GNU.sparse.name', 'sparse'],
    ]),
    member({}, 'abc'),
    member({ name: 'last' }, 'z'),
    endBlocks,
  ]);

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'list-tar-'));
    file = path.join(folder, 'archive.tar');
    writeFileSync(file, Buffer.concat([Buffer.alloc(1000, 'x'), tar, Buffer.alloc(1000, 'x')]));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('reports where the content of each member is in the file', async () => {
    const members = await listTar({ path: file, offset: 1000, length: tar.length });
    expect(members.map(({ path: name, type, size, link }) => [name, type, size, link])).toEqual([
      ['manifest.json', 'file', 2, ''],
      ['blobs/large', 'file', large.length, ''],
      ['a/layer.tar', 'symlink', 0, '../b.tar'],
      ['c', 'hardlink', 0, 'manifest.json'],
      ['sparse', 'other', 9, ''],
      ['last', 'file', 1, ''],
    ]);
    expect(members.map(({ offset }) => offset)[1]).toBe(1000 + 1024 + 512);
    expect(members.at(-1)?.offset).toBe(1000 + tar.length - endBlocks.length - 512);
  });

  test.each<[string, { offset?: number; length?: number }, string]>([
    ['not a tar', {}, 'invalid-input'],
    ['cut off in a body', { offset: 1000, length: 100_000 }, 'corrupt-data'],
    ['a region beyond the file', { offset: 1000, length: 2 ** 30 }, 'corrupt-data'],
    ['an empty region', { offset: 1000, length: 0 }, 'invalid-input'],
  ])('%s', async (_, region, code) => {
    expect(await resultOf(listTar({ path: file, ...region }))).toContain(`${code}: ${file}`);
  });

  test('a file that is not there', async () => {
    expect(await resultOf(listTar({ path: `${file}.no`, length: 5 }))).toBe(`not-found: ${file}.no cannot be opened`);
    expect(await resultOf(listTar({ path: `${file}.no` }))).toContain('not-found');
  });

  test('limits', async () => {
    const listed = listTar({ path: file, offset: 1000, length: tar.length }, { entries: 3 });
    expect(await resultOf(listed)).toContain('limit-exceeded');
  });
});
