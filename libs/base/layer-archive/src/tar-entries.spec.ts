import { member, pax, rawHeader, octal, base256 } from '@clarion/test-kit';
import { tarOf, walk } from '../testing/walked';

describe('walkTar: names and types', () => {
  const long = `${'d/'.repeat(80)}name`;
  test.each<[string, Buffer, object]>([
    ['a plain file', member({ name: './etc/x' }, 'abc'), { path: 'etc/x', type: 'file', size: 3, mode: 0o644 }],
    ['v7 without magic', member({ format: 'v7', name: 'x' }, 'abc'), { path: 'x', type: 'file', size: 3 }],
    ['v7 directory by its slash', member({ format: 'v7', name: 'd/', flag: '\0' }), { path: 'd', type: 'directory' }],
    ['ustar prefix', member({ name: 'b', prefix: 'a' }), { path: 'a/b' }],
    ['gnu has no prefix', member({ format: 'gnu', name: 'b', prefix: '00000000017' }), { path: 'b' }],
    ['gnu has the prefix of old Go', member({ format: 'gnu', name: 'b', prefix: 'a' }), { path: 'a/b' }],
    [
      'gnu has the prefix of old Go where the second time is invalid',
      member({ format: 'gnu', name: 'b', patches: { 345: '000000000000x' } }),
      { path: '000000000000x/b' },
    ],
    ['gnu has no prefix that is not ASCII', member({ format: 'gnu', name: 'b', prefix: 'é' }), { path: 'b' }],
    ['a file in spite of its slash', member({ name: 'f/' }, 'abc'), { path: 'f', type: 'file', size: 3 }],
    [
      'v7 directory by the slash of its long name',
      Buffer.concat([member({ flag: 'L' }, 'd/'), rawHeader({ flag: '\0', size: 512 })]),
      { path: 'd', type: 'directory' },
    ],
    ['v7 device has no numbers', member({ format: 'v7', name: 'n', flag: '3', device: [1, 3] }), { nullDevice: true }],
    ['v7 has no prefix', member({ format: 'v7', name: 'b', prefix: 'a' }), { path: 'b' }],
    [
      'star prefix is shorter',
      member({ format: 'star', name: 'b', prefix: `${'p'.repeat(131)}7777777` }),
      { path: `${'p'.repeat(131)}/b` },
    ],
    ['symlink', member({ name: 'l', flag: '2', link: '../x' }), { path: 'l', type: 'symlink', link: '../x', size: 0 }],
    ['hard link, normalised', member({ name: 'l', flag: '1', link: './a//b' }), { type: 'hardlink', link: 'a/b' }],
    ['null device', member({ name: 'n', flag: '3' }), { type: 'character-device', nullDevice: true }],
    ['other device', member({ name: 'n', flag: '3', device: [1, 3] }), { type: 'character-device', nullDevice: false }],
    ['minor 0 only', member({ name: 'n', flag: '3', device: [5, 0] }), { nullDevice: false }],
    ['block device 0/0 is not a whiteout', member({ name: 'n', flag: '4' }), { type: 'other', nullDevice: false }],
    ['fifo', member({ name: 'n', flag: '6' }), { type: 'other' }],
    ['contiguous file', member({ name: 'n', flag: '7' }, 'x'), { type: 'file', size: 1 }],
    ['directory', member({ name: 'd', flag: '5' }), { type: 'directory' }],
    ['GNU dump directory with a body', member({ name: 'd', flag: 'D' }, 'Yx\0\0'), { type: 'directory', size: 0 }],
    ['100 bytes without NUL', member({ name: 'n'.repeat(100) }), { path: 'n'.repeat(100) }],
    ['not UTF-8', member({ name: Buffer.from([0x61, 0xff]) }), { path: 'a\\xff' }],
    ['GNU long name', Buffer.concat([member({ flag: 'L' }, `${long}\0`), member({ name: 'short' })]), { path: long }],
    ['GNU long link', Buffer.concat([member({ flag: 'K' }, long), member({ flag: '2', link: 'x' })]), { link: long }],
    [
      'pax path',
      Buffer.concat([
        pax([
          ['path', long],
          ['mtime', '1.5'],
        ]),
        member({}),
      ]),
      { path: long },
    ],
    ['pax linkpath', Buffer.concat([pax([['linkpath', long]]), member({ flag: '2', link: 'x' })]), { link: long }],
    ['pax size', Buffer.concat([pax([['size', '3']]), member({ size: 0 }, 'abc')]), { size: 3 }],
    [
      'empty pax value',
      Buffer.concat([
        pax([
          ['path', 'p'],
          ['path', ''],
        ]),
        member({ name: 'n' }),
      ]),
      { path: 'n' },
    ],
    [
      'GNU name wins over pax',
      Buffer.concat([pax([['path', 'p']]), member({ flag: 'L' }, 'l'), member({})]),
      { path: 'l' },
    ],
    [
      'an empty GNU name says nothing',
      Buffer.concat([member({ flag: 'L' }, 'l'), member({ flag: 'L' }, '\0'), member({ name: 'n' })]),
      { path: 'n' },
    ],
    [
      'an empty GNU link says nothing',
      Buffer.concat([member({ flag: 'K' }, '\0'), member({ flag: '1', link: 'x' })]),
      { link: 'x' },
    ],
    [
      'a global header takes what is pending before it',
      Buffer.concat([
        pax([['path', 'p']]),
        member({ flag: 'L' }, 'l'),
        pax([['comment', 'c']], 'g'),
        member({ name: 'n' }),
      ]),
      { path: 'n' },
    ],
    ['value with newline and =', Buffer.concat([pax([['path', 'a\nb=c']]), member({})]), { path: 'a\nb=c' }],
    ['base-256 size', member({ name: 'x', size: base256(3n) }, 'abc'), { size: 3 }],
    ['size with leading spaces', member({ name: 'x', size: Buffer.from('          3 ') }, 'abc'), { size: 3 }],
    [
      'link with a size but no body',
      rawHeader({ name: 'l', flag: '2', size: 4096, link: 'x' }),
      { size: 0, link: 'x' },
    ],
    ['signed checksum', signed(), { path: 'a\\xff' }],
  ])('%s', async (_, bytes, entry) => {
    const { entries, problems, count } = await walk(tarOf(bytes, member({ name: 'after' }, 'z')));
    expect(entries[0]).toMatchObject(entry);
    expect(entries.map(({ path }) => path).at(-1)).toBe('after');
    expect([problems, count]).toEqual([[], 2]);
  });

  function signed(): Buffer {
    const block = rawHeader({ name: Buffer.from([0x61, 0xff]) });
    const sum = block.reduce(
      (total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte > 127 ? byte - 256 : byte),
      0,
    );
    return rawHeader({ name: Buffer.from([0x61, 0xff]), checksum: `${octal(sum, 6)}\0 ` });
  }

  test('the root is not reported as an entry', async () => {
    const { paths, count } = await walk(tarOf(member({ flag: '5', name: './' })));
    expect([paths, count]).toEqual([[], 1]);
  });

  test.each(['0', 'V', 'X'])('an extended header is for one entry only, of the type %s too', async (flag) => {
    const { paths } = await walk(tarOf(pax([['path', 'p']]), member({ flag }), member({ name: 'b' })));
    expect(paths).toEqual(['p', 'b']);
  });

  test('every entry of one name is reported, in order', async () => {
    const { paths, texts } = await walk(tarOf(member({ name: 'a' }, '1'), member({ name: './a' }, '2')));
    expect([paths, texts]).toEqual([['a', 'a'], { a: '2' }]);
  });
});
