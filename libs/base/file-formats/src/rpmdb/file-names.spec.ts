import { testBudget } from '@clarion/test-kit';
import { rpmFileNames } from './file-names';

type Tag = readonly [tag: number, type: number, count: number, data: Buffer];

function header(...tags: readonly Tag[]): Buffer {
  let offset = 0;
  const index = tags.map(([tag, type, count, data]) => {
    const entry = Buffer.alloc(16);
    [tag, type, offset, count].forEach((number, at) => entry.writeUInt32BE(number, at * 4));
    offset += data.length;
    return entry;
  });
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(tags.length, 0);
  sizes.writeUInt32BE(offset, 4);
  return Buffer.concat([sizes, ...index, ...tags.map(([, , , data]) => data)]);
}

const texts = (...all: readonly string[]): Buffer => Buffer.from(all.map((text) => `${text}\0`).join(''));
const numbers = (...all: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(all.length * 4);
  all.forEach((number, at) => bytes.writeUInt32BE(number, at * 4));
  return bytes;
};
const paths = (blob: Uint8Array, budget = testBudget()): string[] =>
  [...rpmFileNames(blob, budget)].map(({ directory, name }) => Buffer.concat([directory, name]).toString());

const names: Tag = [1117, 8, 3, texts('bash', 'sh', 'README')];
const directories: Tag = [1118, 8, 2, texts('/usr/bin/', '/usr/share/doc/bash/')];
const indexes: Tag = [1116, 4, 3, numbers(0, 0, 1)];

test('the files of a package are base names in directories', () => {
  const expected = ['/usr/bin/bash', '/usr/bin/sh', '/usr/share/doc/bash/README'];
  expect(paths(header(indexes, names, directories))).toEqual(expected);
  expect(paths(header(names, directories, [1000, 6, 1, texts('bash')], indexes))).toEqual(expected);
});

test.each<[string, Buffer, string | undefined]>([
  ['a name', header(indexes, names, directories, [1000, 6, 1, texts('bash')]), 'bash'],
  ['no name', header(indexes, names, directories), undefined],
  ['a name that is no text', header(indexes, names, directories, [1000, 4, 1, numbers(1)]), undefined],
])('the files of a package with %s name it', (_, blob, expected) => {
  expect([...rpmFileNames(blob, testBudget())].map(({ packageName }) => packageName)).toEqual([
    expected,
    expected,
    expected,
  ]);
});

const states = (...all: readonly number[]): Tag => [1029, 1, all.length, Buffer.from(all)];
test.each<[string, Tag, string[]]>([
  ['installed', states(0, 0, 0), ['bash', 'sh', 'README']],
  ['replaced by another package', states(1, 0, 0), ['sh', 'README']],
  ['not installed, on another disk, or for another processor', states(2, 3, 4), []],
  ['unknown', states(0xff, 0xff, 0xff), ['bash', 'sh', 'README']],
  ['missing for the last ones', states(1), ['sh', 'README']],
  ['no bytes', [1029, 4, 3, numbers(1, 1, 1)], ['bash', 'sh', 'README']],
])('the files of a package whose states are %s', (_, tag, expected) => {
  const found = [...rpmFileNames(header(names, directories, indexes, tag), testBudget())];
  expect(found.map(({ name }) => Buffer.from(name).toString())).toEqual(expected);
});

const digests: Tag = [1035, 8, 3, texts('0aff', '', 'beef')];

test.each<[string, Buffer, (string | undefined)[]]>([
  ['MD5 unless they name another', header(indexes, names, directories, digests), ['md5 0aff', undefined, 'md5 beef']],
  [
    'that which they name',
    header(indexes, names, directories, digests, [5011, 4, 1, numbers(8)]),
    ['sha256 0aff', undefined, 'sha256 beef'],
  ],
  [
    'not used when unknown',
    header(indexes, names, directories, digests, [5011, 4, 1, numbers(99)]),
    [undefined, undefined, undefined],
  ],
  [
    'that of each file, also after one of no directory',
    header(names, directories, [1116, 4, 3, numbers(9, 0, 1)], digests),
    [undefined, 'md5 beef'],
  ],
  [
    'fewer than files',
    header(indexes, names, directories, [1035, 8, 1, texts('0aff')]),
    ['md5 0aff', undefined, undefined],
  ],
  ['numbers', header(indexes, names, directories, [1035, 4, 3, numbers(1, 2, 3)]), [undefined, undefined, undefined]],
])('the algorithm of digests is %s', (_, blob, expected) => {
  const found = [...rpmFileNames(blob, testBudget())].map(({ digest, digestAlgorithm = '' }) =>
    digest === undefined ? undefined : `${digestAlgorithm} ${Buffer.from(digest).toString()}`,
  );
  expect(found).toEqual(expected);
});

test.each<[string, Buffer, string[]]>([
  ['no files', header([1000, 6, 1, texts('bash')]), []],
  ['no directories', header(names, indexes), []],
  [
    'an index of no directory',
    header(names, directories, [1116, 4, 3, numbers(0, 9, 1)]),
    ['/usr/bin/bash', '/usr/share/doc/bash/README'],
  ],
  ['fewer indexes than names', header(names, directories, [1116, 4, 3, numbers(0)]), ['/usr/bin/bash']],
  ['indexes of text', header(names, directories, [1116, 8, 3, numbers(0, 0, 1)]), []],
  ['a name without an end', header(indexes, directories, [1117, 8, 3, Buffer.from('bash\0sh')]), ['/usr/bin/bash']],
  ['more names than are said', header(indexes, directories, [1117, 8, 1, texts('bash', 'sh')]), ['/usr/bin/bash']],
  ['nothing', Buffer.alloc(0), []],
  ['a cut end', header(indexes, names, directories).subarray(0, 90), []],
])('%s', (_, blob, expected) => {
  expect(paths(blob)).toEqual(expected);
});

test('a count of four thousand million ends with the names, and with the budget', () => {
  const many = header(
    directories,
    [1116, 4, 3, numbers(0, 0, 1)],
    [1117, 8, 0xffffffff, texts('bash', 'sh', 'README')],
  );
  expect(paths(many)).toHaveLength(3);
  expect(paths(many, testBudget({ steps: 6 })).length).toBeLessThan(3);
});
