import { member, pax, rawHeader, base256, endBlocks } from '@clarion/test-kit';
import { tarOf, walk } from '../testing/walked';
import { chunked, resultOf, record } from '../testing/recording';
import { walkTar } from './walk-tar';
import type { ArchiveLimits } from './limits';

describe('walkTar: what is wrong and skipped', () => {
  const after = member({ name: 'after' }, 'z');
  test.each<[string, Buffer, string[]]>([
    ['no end marker', after, ['truncated-archive: The archive has no end-of-archive marker']],
    [
      'no padding of the last body',
      after.subarray(0, 513),
      ['truncated-archive: The archive has no end-of-archive marker'],
    ],
    ['one zero block', Buffer.concat([after, Buffer.alloc(512)]), []],
    ['zeros after the end', Buffer.concat([tarOf(after), Buffer.alloc(5001)]), []],
    [
      'garbage after the end',
      Buffer.concat([tarOf(after), Buffer.alloc(5001, 'x')]),
      ['bad-archive-entry: The archive has data after its end that is not tar; it is not read'],
    ],
    [
      'a little garbage after the end',
      Buffer.concat([tarOf(after), Buffer.from('x')]),
      ['bad-archive-entry: The archive has data after its end that is not tar; it is not read'],
    ],
    [
      'path leaves the root',
      tarOf(member({ name: '../x' }, 'abc'), after),
      ['path-escapes-root: A path leaves the root: "../x"'],
    ],
    [
      'path with NUL',
      tarOf(
        pax([
          ['GNU.sparse.name', 'a\0b'],
          ['GNU.sparse.map', '0,3'],
          ['GNU.sparse.numblocks', '1'],
        ]),
        member({}, 'abc'),
        after,
      ),
      [String.raw`bad-archive-entry: A path has a NUL: "a\u0000b"`],
    ],
    [
      'a file by the name of the root',
      tarOf(member({ name: '' }, 'abc'), after),
      ['bad-archive-entry: An entry that is not a directory has the name of the root: ""'],
    ],
    [
      'a volume label',
      tarOf(member({ name: 'v', flag: 'V' }), after),
      ['bad-archive-entry: v is of the unknown type "V"'],
    ],
    [
      'an owner that is not a number',
      tarOf(member({ patches: { 108: 'root' } }), after),
      ["bad-archive-entry: A header's owner is not a number; container runtimes refuse the archive"],
    ],
    [
      'a time of pax that is not a number',
      tarOf(pax([['mtime', 'now']]), member({}), after),
      ['bad-archive-entry: The mtime of a pax header is not a number; container runtimes refuse the archive'],
    ],
    [
      'hard link leaves the root',
      tarOf(member({ name: 'h', flag: '1', link: '../x' }), after),
      ['path-escapes-root: The hard link h points to no file of the image'],
    ],
    [
      'unknown type',
      tarOf(member({ name: 'm', flag: 'M' }, 'abc'), after),
      ['bad-archive-entry: m is of the unknown type "M"'],
    ],
    [
      'global path',
      tarOf(pax([['path', 'g']], 'g'), after),
      ['bad-archive-entry: A global pax header that sets path is not applied'],
    ],
    ['global comment', tarOf(pax([['comment', 'g']], 'g'), after), []],
  ])('%s', async (_, tar, problems) => {
    const walked = await walk(tar);
    expect(walked.problems).toEqual(problems);
    expect(walked.texts['after']).toBe('z');
  });

  test('a path that is too long', async () => {
    const { problems, paths } = await walk(tarOf(pax([['path', 'a'.repeat(50)]]), member({}), after), {
      pathBytes: 40,
    });
    expect([problems, paths]).toEqual([
      [`limit-reached: A path is longer than 40 bytes: "${'a'.repeat(50)}"…`],
      ['after'],
    ]);
  });

  test('concatenated archives are read on, and reported', async () => {
    const { paths, problems } = await walk(Buffer.concat([tarOf(member({ name: 'a' })), tarOf(member({ name: 'b' }))]));
    expect(paths).toEqual(['a', 'b']);
    expect(problems).toEqual([expect.stringContaining('goes on after its end marker, at byte 1536')]);
  });

  test('an empty layer has no entries and no problems', async () => {
    expect(await walk(endBlocks)).toMatchObject({ count: 0, problems: [] });
  });

  test('an entry that escapes as a hard link still hides other files', async () => {
    const { entries } = await walk(tarOf(member({ name: 'h', flag: '1', link: '/' })));
    expect(entries).toMatchObject([{ path: 'h', type: 'other', link: '' }]);
  });

  test('endless problems are counted, not kept', async () => {
    const bad = member({ name: '../x' });
    const { problems } = await walk(tarOf(...Array.from({ length: 250 }, () => bad)));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('limit-reached: 150 more problems of this archive are not listed');
  });
});

/** A header whose checksum is correct, but in base-256. */
function binaryChecksum(): Buffer {
  const block = rawHeader({});
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.set(base256(BigInt(sum)).subarray(4), 148);
  block[148] = 0x80;
  return block;
}

describe('walkTar: errors that end it', () => {
  const first = member({ name: 'first' });
  test.each<[string, Uint8Array, string]>([
    ['nothing', Buffer.alloc(0), 'invalid-input: layer 1 is not a tar archive'],
    ['text', Buffer.from('x'.repeat(2000)), 'invalid-input: layer 1 is not a tar archive'],
    ['short text', Buffer.from('x'), 'invalid-input: layer 1 is not a tar archive'],
    [
      'zeros and then something',
      Buffer.concat([Buffer.alloc(1024), Buffer.alloc(1024, 'x')]),
      'invalid-input: layer 1 is not a tar archive',
    ],
    [
      'wrong checksum',
      Buffer.concat([first, rawHeader({ checksum: '000000\0 ' }), endBlocks]),
      'corrupt-data: layer 1: a header with a wrong checksum at byte 512',
    ],
    [
      'no checksum',
      Buffer.concat([first, rawHeader({ checksum: 'zzzzzzzz' })]),
      'corrupt-data: layer 1: a header with a wrong checksum at byte 512',
    ],
    [
      'negative size',
      tarOf(first, member({ size: base256(-1n) })),
      'corrupt-data: layer 1: a header with an impossible size at byte 512',
    ],
    [
      'huge size',
      tarOf(first, member({ size: base256(1n << 60n) })),
      'corrupt-data: layer 1: a header with an impossible size at byte 512',
    ],
    [
      'size that is not a number',
      tarOf(first, member({ size: Buffer.from('12x') })),
      'corrupt-data: layer 1: a header with an impossible size at byte 512',
    ],
    [
      'digits after the end of a size',
      tarOf(first, member({ size: Buffer.from('1 2') })),
      'corrupt-data: layer 1: a header with an impossible size at byte 512',
    ],
    [
      'pax size overflows',
      tarOf(pax([['size', '99999999999999999999']]), member({})),
      'corrupt-data: layer 1: a pax header with an impossible size at byte 1024',
    ],
    [
      'pax size is negative',
      tarOf(pax([['size', '-1']]), member({})),
      'corrupt-data: layer 1: a pax header with an impossible size at byte 1024',
    ],
    [
      'pax without length',
      tarOf(member({ flag: 'x' }, 'path=x\n'), member({})),
      'corrupt-data: layer 1: a malformed pax header at byte 0',
    ],
    [
      'pax length too long',
      tarOf(member({ flag: 'x' }, '99 path=x\n'), member({})),
      'corrupt-data: layer 1: a malformed pax header at byte 0',
    ],
    [
      'pax length too short',
      tarOf(member({ flag: 'x' }, '3 path=x\n'), member({})),
      'corrupt-data: layer 1: a malformed pax header at byte 0',
    ],
    [
      'pax length zero',
      tarOf(member({ flag: 'x' }, '0 path=x\n'), member({})),
      'corrupt-data: layer 1: a malformed pax header at byte 0',
    ],
    [
      'pax path with NUL',
      tarOf(pax([['path', 'a\0b']]), member({})),
      'corrupt-data: layer 1: a malformed pax header at byte 0',
    ],
    [
      'spaces before the end of a size',
      tarOf(first, member({ size: Buffer.from('12 \0x') })),
      'corrupt-data: layer 1: a header with an impossible size at byte 512',
    ],
    [
      'a checksum that is not octal',
      Buffer.concat([first, binaryChecksum(), endBlocks]),
      'corrupt-data: layer 1: a header with a wrong checksum at byte 512',
    ],
    [
      'pax without =',
      tarOf(member({ flag: 'x' }, '8 pathx\n'), member({})),
      'corrupt-data: layer 1: a malformed pax header at byte 0',
    ],
    [
      'cut off in a header',
      Buffer.concat([first, first.subarray(0, 100)]),
      'corrupt-data: layer 1: cut off inside a header, after 612 bytes',
    ],
    [
      'cut off in a wanted body',
      member({ name: 'b' }, 'x'.repeat(2000)).subarray(0, 1500),
      'corrupt-data: layer 1: cut off inside b, after 1500 bytes',
    ],
    [
      'cut off in another body',
      Buffer.concat([member({ name: '../b' }, 'x'.repeat(2000))]).subarray(0, 1500),
      'corrupt-data: layer 1: cut off inside ../b, after 1500 bytes',
    ],
    [
      'cut off after an extended header',
      member({ flag: 'L' }, 'name'),
      'corrupt-data: layer 1: cut off after an extended header, after 1024 bytes',
    ],
    [
      'cut off in an extended header',
      member({ flag: 'L' }, 'name').subarray(0, 514),
      'corrupt-data: layer 1: cut off inside extended header, after 514 bytes',
    ],
    [
      'extended header too large',
      tarOf(member({ flag: 'L', size: 2 ** 20 + 1 })),
      'limit-exceeded: layer 1: an extended header larger than 1048576 bytes',
    ],
  ])('%s', async (_, tar, error) => {
    expect(await resultOf(walkTar(chunked(tar, 300), record(), { label: 'layer 1' }))).toBe(error);
  });

  test('entries, bytes, time and the signal', async () => {
    const tar = tarOf(...Array.from({ length: 10 }, () => first));
    const walked = (limits: Partial<ArchiveLimits>, signal?: AbortSignal): Promise<string> =>
      resultOf(walkTar(chunked(tar), record(), { label: 'layer 1', limits, signal }));
    expect(await walked({ entries: 10 })).toBe('ok');
    expect(await walked({ entries: 9 })).toBe('limit-exceeded: layer 1: more than 9 headers');
    expect(await walked({ bytes: 1000 })).toBe('limit-exceeded: layer 1: larger than 1000 bytes uncompressed');
    expect(await walked({ compressedBytes: 1000 })).toBe('limit-exceeded: layer 1: larger than 1000 bytes as stored');
    expect(await walked({}, AbortSignal.abort(new Error('enough')))).toBe('enough');
  });
});

describe('walkTar: requested contents', () => {
  const tar = tarOf(
    member({ name: 'a' }, 'x'.repeat(600)),
    member({ name: 'b' }, 'y'.repeat(601)),
    member({ name: 'c' }),
  );

  test('a file over its size limit is reported and not read', async () => {
    const { texts, tooLarge, problems } = await walk(tar, {}, 600);
    expect(texts).toEqual({ a: 'x'.repeat(600), c: '' });
    expect([tooLarge, problems]).toEqual([['b'], []]);
  });

  test('files over the limit for all files together are reported, and are a problem', async () => {
    const { texts, tooLarge, problems } = await walk(tar, { wantedBytes: 600 });
    expect(texts).toEqual({ a: 'x'.repeat(600), c: '' });
    expect(tooLarge).toEqual(['b']);
    expect(problems).toEqual([
      'limit-reached: b is not read: the wanted files of this archive are larger than 600 bytes together',
    ]);
  });
});
