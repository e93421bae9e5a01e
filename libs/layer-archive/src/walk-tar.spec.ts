import { pack } from 'tar-stream';
import fc from 'fast-check';
import type { ArchiveLimits } from './limits';
import { chunked, collect, outcome, record, type Recording } from './testing/recording';
import { base256, endBlocks, member, octal, padded, pax, paxRecord, rawHeader } from './testing/raw-tar';
import { walkTar } from './walk-tar';

interface Walked extends Recording {
  readonly problems: readonly string[];
  readonly count: number;
  readonly paths: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
}

async function walk(tar: Uint8Array, limits: Partial<ArchiveLimits> = {}, maxBytes = Infinity): Promise<Walked> {
  const recording = record(maxBytes);
  const { entries, problems, size } = await walkTar(chunked(tar, 700), recording, { label: 'layer 1', limits });
  expect(size).toBe(tar.length);
  return {
    ...recording,
    count: entries,
    problems: problems.map(({ code, message }) => `${code}: ${message}`),
    paths: recording.entries.map(({ path }) => path),
    texts: Object.fromEntries([...recording.contents].map(([path, bytes]) => [path, bytes.toString('latin1')])),
  };
}

function tarOf(...members: readonly Uint8Array[]): Buffer {
  return Buffer.concat([...members, endBlocks]);
}

describe('walkTar: names and types', () => {
  const long = `${'d/'.repeat(80)}name`;
  test.each<[string, Buffer, object]>([
    ['a plain file', member({ name: './etc/x' }, 'abc'), { path: 'etc/x', type: 'file', size: 3, mode: 0o644 }],
    ['v7 without magic', member({ format: 'v7', name: 'x' }, 'abc'), { path: 'x', type: 'file', size: 3 }],
    ['v7 directory by its slash', member({ format: 'v7', name: 'd/', flag: '\0' }), { path: 'd', type: 'directory' }],
    ['ustar prefix', member({ name: 'b', prefix: 'a' }), { path: 'a/b' }],
    ['gnu has no prefix', member({ format: 'gnu', name: 'b', prefix: 'a' }), { path: 'b' }],
    ['v7 has no prefix', member({ format: 'v7', name: 'b', prefix: 'a' }), { path: 'b' }],
    [
      'star prefix is shorter',
      member({ format: 'star', name: 'b', prefix: 'p'.repeat(140) }),
      { path: `${'p'.repeat(131)}/b` },
    ],
    ['symlink', member({ name: 'l', flag: '2', link: '../x' }), { path: 'l', type: 'symlink', link: '../x', size: 0 }],
    ['hard link, normalised', member({ name: 'l', flag: '1', link: './a//b' }), { type: 'hardlink', link: 'a/b' }],
    ['null device', member({ name: 'n', flag: '3' }), { type: 'character-device', nullDevice: true }],
    ['other device', member({ name: 'n', flag: '3', device: [1, 3] }), { type: 'character-device', nullDevice: false }],
    ['minor 0 only', member({ name: 'n', flag: '3', device: [5, 0] }), { nullDevice: false }],
    ['block device 0/0 is no whiteout', member({ name: 'n', flag: '4' }), { type: 'other', nullDevice: false }],
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
    ['Solaris pax', Buffer.concat([pax([['path', 'p']], 'X'), member({})]), { path: 'p' }],
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

  test('volume labels and the root are no entries to look at', async () => {
    const { paths, count } = await walk(tarOf(member({ flag: 'V', name: 'v' }), member({ flag: '5', name: './' })));
    expect([paths, count]).toEqual([[], 1]);
  });

  test('an extended header is for one entry only', async () => {
    const { paths } = await walk(tarOf(pax([['path', 'p']]), member({}), member({ name: 'b' })));
    expect(paths).toEqual(['p', 'b']);
  });

  test('every entry of one name is given, in order', async () => {
    const { paths, texts } = await walk(tarOf(member({ name: 'a' }, '1'), member({ name: './a' }, '2')));
    expect([paths, texts]).toEqual([['a', 'a'], { a: '2' }]);
  });
});

describe('walkTar: what is wrong and passed over', () => {
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
      ['bad-archive-entry: The archive has data after its end that is no tar; it is not read'],
    ],
    [
      'a little garbage after the end',
      Buffer.concat([tarOf(after), Buffer.from('x')]),
      ['bad-archive-entry: The archive has data after its end that is no tar; it is not read'],
    ],
    [
      'path leaves the root',
      tarOf(member({ name: '../x' }, 'abc'), after),
      ['path-escapes-root: A path leaves the root: "../x"'],
    ],
    [
      'path with NUL',
      tarOf(pax([['path', 'a\0b']]), member({}, 'abc'), after),
      [String.raw`bad-archive-entry: A path has a NUL: "a\u0000b"`],
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

  test('concatenated archives are read on, with a word about it', async () => {
    const { paths, problems } = await walk(Buffer.concat([tarOf(member({ name: 'a' })), tarOf(member({ name: 'b' }))]));
    expect(paths).toEqual(['a', 'b']);
    expect(problems).toEqual([expect.stringContaining('goes on after its end marker, at byte 1536')]);
  });

  test('an empty layer has no entries and no problems', async () => {
    expect(await walk(endBlocks)).toMatchObject({ count: 0, problems: [] });
  });

  test('an entry that escapes as a hard link still stands in the way', async () => {
    const { entries } = await walk(tarOf(member({ name: 'h', flag: '1', link: '/' })));
    expect(entries).toMatchObject([{ path: 'h', type: 'other', link: '' }]);
  });

  test('problems without end are counted, not kept', async () => {
    const bad = member({ name: '../x' });
    const { problems } = await walk(tarOf(...Array.from({ length: 250 }, () => bad)));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('limit-reached: 150 more problems of this archive are not listed');
  });
});

describe('walkTar: what ends it', () => {
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
      'size that is no number',
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
      Buffer.concat([member({ flag: 'V' }, 'x'.repeat(2000))]).subarray(0, 1500),
      'corrupt-data: layer 1: cut off inside volume label, after 1500 bytes',
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
    expect(await outcome(walkTar(chunked(tar, 300), record(), { label: 'layer 1' }))).toBe(error);
  });

  test('entries, bytes, time and the signal', async () => {
    const tar = tarOf(...Array.from({ length: 10 }, () => first));
    const walked = (limits: Partial<ArchiveLimits>, signal?: AbortSignal): Promise<string> =>
      outcome(walkTar(chunked(tar), record(), { label: 'layer 1', limits, signal }));
    expect(await walked({ entries: 10 })).toBe('ok');
    expect(await walked({ entries: 9 })).toBe('limit-exceeded: layer 1: more than 9 headers');
    expect(await walked({ bytes: 1000 })).toBe('limit-exceeded: layer 1: larger than 1000 bytes uncompressed');
    expect(await walked({ compressedBytes: 1000 })).toBe('limit-exceeded: layer 1: larger than 1000 bytes as stored');
    expect(await walked({}, AbortSignal.abort(new Error('enough')))).toBe('enough');
  });
});

describe('walkTar: wanted contents', () => {
  const tar = tarOf(
    member({ name: 'a' }, 'x'.repeat(600)),
    member({ name: 'b' }, 'y'.repeat(601)),
    member({ name: 'c' }),
  );

  test('a file over its cap is told and not read', async () => {
    const { texts, tooLarge, problems } = await walk(tar, {}, 600);
    expect(texts).toEqual({ a: 'x'.repeat(600), c: '' });
    expect([tooLarge, problems]).toEqual([['b'], []]);
  });

  test('files over the cap of all together are told, and are a problem', async () => {
    const { texts, tooLarge, problems } = await walk(tar, { wantedBytes: 600 });
    expect(texts).toEqual({ a: 'x'.repeat(600), c: '' });
    expect(tooLarge).toEqual(['b']);
    expect(problems).toEqual([
      'limit-reached: b is not read: the wanted files of this archive are larger than 600 bytes together',
    ]);
  });
});

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

  test('the cap is for the whole content, not for what is stored', async () => {
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
  ])('%s: a problem of the file, and the walk goes on', async (_, bytes) => {
    const { texts, problems } = await walk(tarOf(bytes, member({ name: 'after' }, 'z')));
    expect(texts).toEqual({ after: 'z' });
    expect(problems).toEqual(['bad-archive-entry: s has a sparse map that does not fit its data']);
  });

  test.each<[string, Buffer, string]>([
    [
      'no size',
      Buffer.concat([pax([['GNU.sparse.map', map]]), member({}, data)]),
      'corrupt-data: layer 1: a malformed sparse header at byte 1024',
    ],
    [
      'odd map',
      Buffer.concat([
        pax([
          ['GNU.sparse.map', '1,2,3'],
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
      'GNU pieces that are no numbers',
      rawHeader({ flag: 'S', format: 'gnu', patches: { 386: 'xyz' } }),
      'corrupt-data: layer 1: a malformed sparse header at byte 0',
    ],
    [
      'GNU extension that is no numbers',
      gnu([1, 1, 2, 1, 3, 1, 4, 1], '', [[-1]]),
      'corrupt-data: layer 1: a malformed sparse header at byte 0',
    ],
  ])('%s', async (_, bytes, error) => {
    expect(await outcome(walk(tarOf(bytes)))).toBe(error);
  });

  test('a map without end', async () => {
    const block = Array.from({ length: 21 }, () => [0, 0]).flat();
    const bytes = gnu(
      [0, 0, 0, 0, 0, 0, 0, 0],
      '',
      Array.from({ length: 60 }, () => block),
    );
    expect(await outcome(walk(tarOf(bytes), { headerBytes: 24 * 1000 }))).toBe(
      'limit-exceeded: layer 1: a sparse file of more than 1000 pieces',
    );
    expect(paxRecord('a', 'b').toString()).toBe('6 a=b\n');
  });
});

describe('walkTar: any tar, any bytes', () => {
  interface Made {
    readonly name: string;
    readonly type: 'file' | 'directory' | 'symlink' | 'link';
    readonly content: Uint8Array;
  }
  const name = fc
    .array(fc.string({ unit: fc.constantFrom('a', 'é', '.x', ' ', 'long-component-'), minLength: 1, maxLength: 20 }), {
      minLength: 1,
      maxLength: 5,
    })
    .map((parts) => parts.join('/'));
  const made: fc.Arbitrary<Made[]> = fc.array(
    fc.record({
      name,
      type: fc.constantFrom('file', 'file', 'directory', 'symlink', 'link'),
      content: fc.uint8Array({ maxLength: 1500 }),
    }),
    { maxLength: 12 },
  );

  async function build(entries: readonly Made[]): Promise<Buffer> {
    const packed = pack();
    for (const { name: path, type, content } of entries) {
      if (type === 'file') packed.entry({ name: path, type }, Buffer.from(content));
      else packed.entry({ name: path, type, ...(type !== 'directory' && { linkname: `to/${path}` }) });
    }
    packed.finalize();
    return collect(packed);
  }

  test('what tar-stream packs comes out as it went in, at any chunk size', async () => {
    await fc.assert(
      fc.asyncProperty(made, fc.integer({ min: 1, max: 3000 }), async (entries, size) => {
        const recording = record();
        await walkTar(chunked(await build(entries), size), recording);
        const types = { file: 'file', directory: 'directory', symlink: 'symlink', link: 'hardlink' };
        expect(recording.entries.map(({ path, type, link }) => ({ path, type, link }))).toEqual(
          entries.map((entry) => ({
            path: entry.name,
            type: types[entry.type],
            link: entry.type === 'symlink' || entry.type === 'link' ? `to/${entry.name}` : '',
          })),
        );
        for (const entry of entries.filter(({ type }) => type === 'file')) {
          const last = entries.findLast((other) => other.name === entry.name && other.type === 'file');
          expect(recording.contents.get(entry.name)).toEqual(Buffer.from(last?.content ?? []));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a tar that is cut off anywhere is told, and what came before is right', async () => {
    await fc.assert(
      fc.asyncProperty(made, fc.nat(), async (entries, at) => {
        const tar = await build(entries);
        const end = at % tar.length;
        const recording = record();
        const problems: string[] = [];
        const told = await outcome(
          walkTar(chunked(tar.subarray(0, end)), recording).then((result) =>
            problems.push(...result.problems.map(({ code }) => code)),
          ),
        );
        const contentEnds = tar.length - 1024;
        if (told !== 'ok') expect(told).toMatch(/^(?:corrupt-data|invalid-input): /);
        else if (end <= contentEnds) expect(problems).toContain('truncated-archive');
      }),
      { numRuns: 200 },
    );
  });

  test('flipped bytes never crash or hang', async () => {
    const base = tarOf(
      pax([
        ['path', 'p'],
        ['size', '4'],
      ]),
      member({ size: 4 }, 'abcd'),
      member({ flag: 'L' }, 'l'),
      member({ flag: 'S', format: 'gnu' }),
      member({ flag: '1', link: 'x' }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.boolean(),
        async (flips, repair) => {
          const tar = Buffer.from(base);
          for (const [at, byte] of flips) tar[at] = byte;
          if (repair) for (let at = 0; at < tar.length; at += 512) repairChecksum(tar.subarray(at, at + 512));
          expect(await outcome(walkTar(chunked(tar), record()))).toMatch(
            /^(?:ok|corrupt-data: .*|invalid-input: .*|limit-exceeded: .*)$/,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  function repairChecksum(block: Buffer): void {
    if (block[148] === 0) return;
    block.write('        ', 148);
    block.write(
      `${octal(
        block.reduce((total, byte) => total + byte, 0),
        6,
      )}\0 `,
      148,
    );
  }
});
