import { member, pax, rawHeader, octal, padded, paxRecord } from '@clarion/test-kit';
import { tarOf, walk } from '../testing/walked';
import { resultOf } from '../testing/recording';

describe('walkTar: sparse files', () => {
  const data = 'A'.repeat(512) + 'B'.repeat(100);
  const whole = `${'\0'.repeat(512)}${'A'.repeat(512)}${'\0'.repeat(976)}${'B'.repeat(100)}`;
  const map = '512,512,2000,100';
  const number = (value: number): string => `${octal(value, 11)}\0`;
  const pieces = (values: readonly number[]): string => values.map(number).join('');

  function gnu(values: readonly number[], body: string, more: readonly (readonly number[])[] = []): Buffer {
    const extensions = more.map((block, at) => {
      const bytes = Buffer.alloc(512);
      bytes.write(pieces(block), 0, 'latin1');
      bytes[504] = at + 1 < more.length ? 1 : 0;
      return bytes;
    });
    const patches = { 386: pieces(values), 482: more.length > 0 ? '\x01' : '\0', 483: number(2100) };
    const header = rawHeader({ name: 's', flag: 'S', format: 'gnu', size: body.length, patches });
    return Buffer.concat([header, ...extensions, padded(Buffer.from(body))]);
  }

  function bodyMap(text: string): Buffer {
    return Buffer.concat([padded(Buffer.from(text)), Buffer.from(data)]);
  }

  const version1 = [
    ['GNU.sparse.major', '1'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.name', 's'],
    ['GNU.sparse.realsize', '2100'],
  ] as const;

  test.each<[string, Buffer]>([
    ['old GNU', gnu([512, 512, 2000, 100], data)],
    [
      'old GNU with extension blocks',
      gnu([512, 128, 640, 128, 768, 128, 896, 128], data, [
        Array.from({ length: 20 }, (_, at) => [2000 + at, 1])
          .flat()
          .concat(2020, 1),
        [2021, 79],
      ]),
    ],
    [
      'pax 0.0',
      Buffer.concat([
        pax([
          ['GNU.sparse.size', '2100'],
          ['GNU.sparse.numblocks', '2'],
          ['GNU.sparse.offset', '512'],
          ['GNU.sparse.numbytes', '512'],
          ['GNU.sparse.offset', '2000'],
          ['GNU.sparse.numbytes', '100'],
        ]),
        member({ name: 's' }, data),
      ]),
    ],
    [
      'pax 0.1',
      Buffer.concat([
        pax([
          ['GNU.sparse.map', map],
          ['GNU.sparse.numblocks', '2'],
          ['GNU.sparse.size', '2100'],
          ['GNU.sparse.name', 's'],
        ]),
        member({ name: 'GNUSparseFile.1/s' }, data),
      ]),
    ],
    [
      'pax 1.0',
      Buffer.concat([pax(version1), member({ name: 'GNUSparseFile.1/s' }, bodyMap('2\n512\n512\n2000\n100\n'))]),
    ],
  ])('%s', async (_, bytes) => {
    const { entries, texts, problems } = await walk(tarOf(bytes, member({ name: 'after' }, 'z')));
    expect(problems).toEqual([]);
    expect(entries).toMatchObject([{ path: 's', type: 'file', size: 2100 }, { path: 'after' }]);
    expect(texts).toEqual({ s: whole, after: 'z' });
  });

  test('the limit applies to the whole content, not to the stored bytes', async () => {
    const { tooLarge, texts } = await walk(
      tarOf(gnu([512, 512, 2000, 100], data), member({ name: 'after' }, 'z')),
      {},
      2099,
    );
    expect([tooLarge, texts]).toEqual([['s'], { after: 'z' }]);
  });

  test.each<[string, Buffer]>([
    ['overlapping pieces', gnu([512, 512, 1000, 100], data)],
    ['a piece beyond the end', gnu([512, 512, 2001, 100], data)],
    ['more pieces than data', gnu([512, 512, 1900, 200], data)],
    ['more data than pieces', gnu([512, 512], data)],
    ['a map of 1.0 that counts too much', Buffer.concat([pax(version1), member({}, bodyMap('9999999\n1\n'))])],
    ['a map of 1.0 with words', Buffer.concat([pax(version1), member({}, bodyMap('1\nx\n1\n'))])],
    ['a map of 1.0 with an endless line', Buffer.concat([pax(version1), member({}, 'x'.repeat(600))])],
    ['a map of 1.0 that ends early', Buffer.concat([pax(version1), member({}, '2\n1\n1\n')])],
  ])('%s: a problem of the file, and the walk continues', async (_, bytes) => {
    const { texts, problems } = await walk(tarOf(bytes, member({ name: 'after' }, 'z')));
    expect(texts).toEqual({ after: 'z' });
    expect(problems).toEqual(['bad-archive-entry: s has a sparse map that does not fit its data']);
  });

  // Files that Go's archive/tar, and therefore every container runtime, treats as plain files or as other sparse ones.
  test.each<[string, readonly (readonly [string, string])[], string]>([
    ['a name alone', [['GNU.sparse.name', 'other']], data],
    [
      'a name and a size',
      [
        ['GNU.sparse.name', 'other'],
        ['GNU.sparse.size', '2'],
      ],
      data,
    ],
    [
      'a minor version there is not',
      [
        ['GNU.sparse.major', '0'],
        ['GNU.sparse.minor', '7'],
        ['GNU.sparse.map', '0,1'],
        ['GNU.sparse.numblocks', '1'],
        ['GNU.sparse.size', '1'],
      ],
      data,
    ],
    ['a major version without a minor one', [['GNU.sparse.major', '1']], data],
    ['no version at all, and no map', [['GNU.sparse.numblocks', '0']], data],
    [
      'two sizes',
      [
        ['GNU.sparse.map', '0,612'],
        ['GNU.sparse.numblocks', '1'],
        ['GNU.sparse.realsize', '99'],
        ['GNU.sparse.size', '612'],
      ],
      data,
    ],
    [
      'no size',
      [
        ['GNU.sparse.map', '0,612'],
        ['GNU.sparse.numblocks', '1'],
      ],
      data,
    ],
    [
      'pairs and a map',
      [
        ['GNU.sparse.offset', '1'],
        ['GNU.sparse.numbytes', '612'],
        ['GNU.sparse.map', '0,612'],
        ['GNU.sparse.numblocks', '1'],
        ['GNU.sparse.size', '613'],
      ],
      `\0${data}`,
    ],
  ])('%s', async (_, records, content) => {
    const { texts, problems } = await walk(tarOf(pax(records), member({ name: 's' }, data)));
    expect([texts, problems]).toEqual([{ s: content }, []]);
  });

  test('extension blocks are read for every file, also after one that is not full', async () => {
    const escaping = gnu([512, 512, 2000, 99], data, [[], [2099, 1]]);
    escaping.write('../x\0', 0);
    const header = rawHeader({
      name: '../x',
      flag: 'S',
      format: 'gnu',
      size: data.length,
      patches: { 386: pieces([512, 512, 2000, 99]), 482: '\x01', 483: number(2100) },
    });
    header.copy(escaping);
    const { texts, problems } = await walk(
      tarOf(escaping, gnu([512, 512, 2000, 99], data, [[], [2099, 1]]), member({ name: 'after' }, 'z')),
    );
    expect([texts, problems]).toEqual([
      { s: whole, after: 'z' },
      ['path-escapes-root: A path leaves the root: "../x"'],
    ]);
  });

  test.each<[string, Buffer, string]>([
    [
      'no number of pieces',
      Buffer.concat([
        pax([
          ['GNU.sparse.map', map],
          ['GNU.sparse.size', '2100'],
        ]),
        member({}, data),
      ]),
      'corrupt-data: layer 1: a malformed sparse header at byte 1024',
    ],
    [
      'a sparse directory',
      Buffer.concat([pax(version1), member({ flag: '5' }, data)]),
      'corrupt-data: layer 1: a malformed sparse header at byte 1024',
    ],
    [
      'a GNU map in another format',
      rawHeader({ flag: 'S', format: 'ustar', patches: { 483: number(0) } }),
      'corrupt-data: layer 1: a malformed sparse header at byte 0',
    ],
    [
      'odd map',
      Buffer.concat([
        pax([
          ['GNU.sparse.map', '1,2,3'],
          ['GNU.sparse.numblocks', '1'],
          ['GNU.sparse.size', '9'],
        ]),
        member({}, data),
      ]),
      'corrupt-data: layer 1: a malformed sparse header at byte 1024',
    ],
    [
      'pairs out of order',
      Buffer.concat([pax([['GNU.sparse.numbytes', '1']]), member({}, data)]),
      'corrupt-data: layer 1: a malformed pax header at byte 0',
    ],
    [
      'GNU pieces that are not numbers',
      rawHeader({ flag: 'S', format: 'gnu', patches: { 386: 'xyz' } }),
      'corrupt-data: layer 1: a malformed sparse header at byte 0',
    ],
    [
      'GNU extension that is not numbers',
      gnu([1, 1, 2, 1, 3, 1, 4, 1], '', [[-1]]),
      'corrupt-data: layer 1: a malformed sparse header at byte 0',
    ],
  ])('%s', async (_, bytes, error) => {
    expect(await resultOf(walk(tarOf(bytes)))).toBe(error);
  });

  test('an endless map', async () => {
    const block = Array.from({ length: 21 }, () => [0, 0]).flat();
    const bytes = gnu(
      [0, 0, 0, 0, 0, 0, 0, 0],
      '',
      Array.from({ length: 60 }, () => block),
    );
    expect(await resultOf(walk(tarOf(bytes), { headerBytes: 24 * 1000 }))).toBe(
      'limit-exceeded: layer 1: a sparse map larger than 24000 bytes',
    );
    expect(paxRecord('a', 'b').toString()).toBe('6 a=b\n');
  });
});
