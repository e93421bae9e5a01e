import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { headBytes, type LayerContent, type LayerVisitor } from '@clarion/model';
import { regionHasher } from './hashing/background-hasher';
import { readLayer, type ReadLayerOptions } from './read-layer';
import { chunked, resultOf, record } from '../testing/recording';
import { endBlocks, member, pax } from '@clarion/test-kit';

function digestOf(bytes: Uint8Array, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

const small = Buffer.concat([
  member({ name: 'etc/os-release' }, 'ID=debian\n'),
  member({ name: 'd', flag: '5' }),
  endBlocks,
]);
/** Larger than the size that is hashed and read in one piece. */
const large = Buffer.concat([
  member({ name: 'etc/os-release' }, 'ID=debian\n'),
  ...Array.from({ length: 12 }, (_, at) => member({ name: `usr/${at}` }, randomBytes(700_000 + at))),
  member({ name: 'last' }, 'z'),
  endBlocks,
]);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'read-layer-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type ContentOf = (bytes: Uint8Array) => LayerContent;

const inStream: ContentOf = (bytes) => ({ kind: 'stream', stream: chunked(bytes, 10_000) });

/** In a file, with other bytes around it. */
const inFile: ContentOf = (bytes) => {
  const file = path.join(folder, randomBytes(6).toString('hex'));
  writeFileSync(file, Buffer.concat([Buffer.alloc(77, 'x'), bytes, Buffer.alloc(99, 'x')]));
  return { kind: 'file', path: file, offset: 77, length: bytes.length };
};

function read(content: LayerContent, options: Partial<ReadLayerOptions> = {}, visitor: LayerVisitor = record()) {
  return readLayer(content, visitor, { label: 'layer 1', ...options });
}

const contentKinds: [string, ContentOf][] = [
  ['stream', inStream],
  ['file', inFile],
];
const layers: [string, Buffer][] = [
  ['small', small],
  ['large', large],
];
const cases = contentKinds.flatMap(([where, contentOf]) =>
  layers.map(([name, tar]) => [name, where, tar, contentOf] as const),
);

/** A visitor that requests the first bytes of all files. */
function headsOf(): LayerVisitor & { readonly heads: string[]; readonly unread: string[] } {
  const heads: string[] = [];
  const unread: string[] = [];
  return {
    heads,
    unread,
    entry: () => 'head',
    content: () => {
      throw new Error('nobody wants contents');
    },
    oversized: ({ path: name }) => unread.push(name),
    head: ({ path: name, size }, bytes) => heads.push(`${name} ${size} ${bytes.length} ${digestOf(bytes)}`),
  };
}

describe('first bytes', () => {
  const sizes = [0, 1, 511, 512, 513, 1024, 200_000];
  const bodies = sizes.map((size) => randomBytes(size));
  const tar = Buffer.concat([...bodies.map((body, at) => member({ name: `f${at}` }, body)), endBlocks]);
  const expected = bodies.map((body, at) => {
    const first = body.subarray(0, 512);
    return `f${at} ${body.length} ${first.length} ${digestOf(first)}`;
  });

  test.each(contentKinds)('are read from files of every size, and the rest is skipped: %s', async (_, contentOf) => {
    const visitor = headsOf();
    const { diffId, entries, size } = await read(contentOf(tar), {}, visitor);
    expect([visitor.heads, diffId, entries, size]).toEqual([expected, digestOf(tar), sizes.length, tar.length]);
  });

  test.each(contentKinds)('of a file that is cut off do not make a complete one: %s', async (_, contentOf) => {
    const cut = tar.subarray(0, tar.length - 100_000);
    expect(await resultOf(read(contentOf(cut), {}, headsOf()))).toMatch(/^corrupt-data: .*cut off inside f6/);
  });

  test('of a file with holes are unknown', async () => {
    const visitor = headsOf();
    const records = [
      ['GNU.sparse.map', '512,4'],
      ['GNU.sparse.numblocks', '1'],
      ['GNU.sparse.size', '2000'],
    ] as const;
    const holes = Buffer.concat([
      pax(records.map(([key, value]) => [key, value])),
      member({ name: 's' }, 'text'),
      endBlocks,
    ]);
    await read(inStream(holes), {}, visitor);
    expect([visitor.heads, visitor.unread]).toEqual([[], ['s']]);
  });

  test('are part of the identity of a tree without bytes', async () => {
    const walk = (text: string): LayerContent => ({
      kind: 'walk',
      walk: (visitor) => {
        const entry = { path: 'f', type: 'file', size: 900, mode: 0o644, link: '', nullDevice: false } as const;
        visitor.entry(entry);
        visitor.head?.(entry, Buffer.from(text));
        return Promise.resolve();
      },
    });
    const [one, same, other] = await Promise.all(
      ['a', 'a', 'b'].map(async (text) => (await read(walk(text), {}, headsOf())).diffId),
    );
    expect(one).toBe(same);
    expect(one).not.toBe(other);
  });
});

describe.each(cases)('readLayer: a %s layer in a %s', (_, __, tar, contentOf) => {
  test.each<[string, (tar: Buffer) => Buffer]>([
    ['none', (bytes) => bytes],
    ['gzip', (bytes) => gzipSync(bytes, { level: 1 })],
  ])('%s: entries, contents and both digests', async (compression, compress) => {
    const blob = compress(tar);
    const recording = record(100);
    const progress: number[] = [];
    const expected = { blob: digestOf(blob), diffId: digestOf(tar) };
    const onProgress = (bytes: number): number => progress.push(bytes);
    const result = await read(contentOf(blob), { expected, onProgress }, recording);
    expect(result).toEqual({
      ...expected,
      compression,
      size: tar.length,
      entries: recording.entries.length,
      problems: [],
    });
    expect(recording.contents.get('etc/os-release')?.toString()).toBe('ID=debian\n');
    expect(recording.tooLarge).toHaveLength(tar === large ? 12 : 0);
    expect(progress.at(-1)).toBe(blob.length);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  test('sha512 is verified and reported', async () => {
    const expected = { blob: digestOf(tar, 'sha512'), diffId: digestOf(tar, 'sha512') };
    expect(await read(contentOf(tar), { expected })).toMatchObject(expected);
    const mixed = { blob: digestOf(tar), diffId: digestOf(tar, 'sha512') };
    expect(await read(contentOf(tar), { expected: mixed })).toMatchObject(mixed);
  });

  test.each(['none', 'gzip'])('%s: a digest that is not the declared one', async (compression) => {
    const blob = compression === 'none' ? tar : gzipSync(tar, { level: 1 });
    const wrong = digestOf(Buffer.from('x'));
    const right = { blob: digestOf(blob), diffId: digestOf(tar) };
    expect(await resultOf(read(contentOf(blob), { expected: { blob: wrong } }))).toBe(
      `digest-mismatch: The blob of layer 1 is ${right.blob}, not ${wrong} as declared`,
    );
    expect(await resultOf(read(contentOf(blob), { expected: { ...right, diffId: wrong } }))).toBe(
      `digest-mismatch: The content of layer 1 is ${right.diffId}, not ${wrong} as declared`,
    );
    expect(await resultOf(read(contentOf(blob), { expected: { blob: 'md5:abc' } }))).toBe(
      'invalid-input: layer 1: md5:abc is not a sha256 or sha512 digest',
    );
  });

  test('what comes after the archive is part of the digests', async () => {
    const padded = Buffer.concat([tar, Buffer.alloc(2_000_000), Buffer.from('garbage')]);
    const blob = Buffer.concat([gzipSync(padded, { level: 1 }), Buffer.alloc(1_500_000)]);
    const result = await read(contentOf(blob));
    expect(result).toMatchObject({ blob: digestOf(blob), diffId: digestOf(padded), size: padded.length });
    expect(result.problems).toHaveLength(1);
  });

  test.each(['none', 'gzip'])('%s: cut off', async (compression) => {
    const blob = compression === 'none' ? tar : gzipSync(tar, { level: 1 });
    expect(await resultOf(read(contentOf(blob.subarray(0, blob.length - 1200 < 600 ? 600 : -1200))))).toMatch(
      /^(?:corrupt-data: layer 1: |ok)/,
    );
    expect(await resultOf(read(contentOf(blob.subarray(0, 100))))).toMatch(/^(?:corrupt-data|invalid-input): layer 1/);
  });

  test('limits and the signal', async () => {
    expect(await resultOf(read(contentOf(tar), { limits: { entries: 1 } }))).toContain(
      'limit-exceeded: layer 1: more than 1',
    );
    expect(await resultOf(read(contentOf(tar), { limits: { bytes: 1000 } }))).toContain('limit-exceeded');
    expect(await resultOf(read(contentOf(gzipSync(tar)), { limits: { compressedBytes: 10 } }))).toContain(
      'limit-exceeded',
    );
    expect(await resultOf(read(contentOf(tar), { signal: AbortSignal.abort(new Error('enough')) }))).toBe('enough');
  });

  test('aborted in the middle', async () => {
    const abort = new AbortController();
    const visitor = {
      ...record(),
      entry: () => {
        abort.abort(new Error('enough'));
        return undefined;
      },
    };
    // A small layer is read in one step, which cannot be interrupted.
    const result = await resultOf(read(contentOf(gzipSync(tar, { level: 1 })), { signal: abort.signal }, visitor));
    expect(result).toMatch(tar === small ? /^(?:ok|enough)$/ : /^enough$/);
  });

  test('an error of the visitor ends the reading', async () => {
    const visitor = {
      ...record(),
      entry: () => {
        throw new Error('visitor failed');
      },
    };
    expect(await resultOf(read(contentOf(tar), {}, visitor))).toBe('visitor failed');
    expect(await resultOf(read(contentOf(gzipSync(tar)), {}, visitor))).toBe('visitor failed');
  });
});

describe('readLayer', () => {
  test('the empty layer', async () => {
    const result = await read(inStream(Buffer.alloc(1024)));
    expect(result).toMatchObject({ entries: 0, size: 1024, problems: [] });
    expect(result.diffId).toBe('sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef');
  });

  test.each(contentKinds)('nothing, or data that is not a tar, in a %s', async (_, contentOf) => {
    const notTar = 'invalid-input: layer 1 is not a tar archive';
    expect(await resultOf(read(contentOf(Buffer.alloc(0))))).toBe(notTar);
    expect(await resultOf(read(contentOf(Buffer.from('hello'.repeat(500)))))).toBe(notTar);
    expect(await resultOf(read(contentOf(gzipSync('hello'))))).toBe(notTar);
  });

  test('a missing end marker is a problem, unless the digest shows that the tar is complete', async () => {
    const tar = small.subarray(0, -1024);
    const { problems } = await read(inStream(tar));
    expect(problems.map(({ code }) => code)).toEqual(['truncated-archive']);
    expect(await read(inStream(tar), { expected: { diffId: digestOf(tar) } })).toMatchObject({ problems: [] });
  });

  test('a file that is not there', async () => {
    const content = { kind: 'file', path: path.join(folder, 'no'), offset: 0, length: 5 } as const;
    expect(await resultOf(read(content))).toBe('not-found: layer 1 cannot be opened');
  });

  test.each(['none', 'gzip'])('%s: a file that changes while it is read', async (compression) => {
    const content = inFile(compression === 'none' ? large : gzipSync(large, { level: 1 }));
    if (content.kind !== 'file') throw new Error('no file');
    const visitor = {
      ...record(0),
      oversized: () => {
        appendFileSync(content.path, 'x');
      },
    };
    expect(await resultOf(read(content, {}, visitor))).toBe('corrupt-data: layer 1 changed while it was read');
  });

  test.each(['none', 'gzip'])('%s: a file that changes before the hashing thread reads it', async (compression) => {
    const content = inFile(compression === 'none' ? large : gzipSync(large, { level: 1 }));
    if (content.kind !== 'file') throw new Error('no file');
    // Opening a pipe blocks the thread until the test writes to it.
    const pipe = path.join(folder, `${compression}.pipe`);
    execFileSync('mkfifo', [pipe]);
    const busy = resultOf(regionHasher({ path: pipe, offset: 0, length: large.length }, 'sha256').digest());
    let changed = false;
    const visitor = {
      ...record(0),
      oversized: () => {
        if (changed) return;
        changed = true;
        appendFileSync(content.path, 'x');
        closeSync(openSync(pipe, 'w'));
      },
    };
    expect(await resultOf(read(content, {}, visitor))).toBe('corrupt-data: layer 1 changed while it was read');
    expect(await busy).toContain('cannot be read to its end');
  });

  test('many layers at once', async () => {
    const blob = gzipSync(large, { level: 1 });
    const contents = Array.from({ length: 12 }, (_, at) =>
      at % 3 === 0 ? inFile(large) : at % 3 === 1 ? inFile(blob) : inStream(blob),
    );
    const results = await Promise.all(contents.map((content) => read(content)));
    expect(new Set(results.map(({ diffId }) => diffId))).toEqual(new Set([digestOf(large)]));
    expect(results.map(({ blob: digest }) => digest)).toEqual(
      contents.map((_, at) => digestOf(at % 3 === 0 ? large : blob)),
    );
  });
});

describe('readLayer: a directory', () => {
  function walkOf(files: Readonly<Record<string, string>>, link = 'x'): LayerContent {
    return {
      kind: 'walk',
      walk(visitor) {
        const of = { mode: 0o644, link: '', nullDevice: false } as const;
        for (const [name, text] of Object.entries(files)) {
          const entry = { ...of, path: name, type: 'file', size: text.length } as const;
          const request = visitor.entry(entry);
          if (request === undefined) continue;
          if (request === 'head') visitor.head?.(entry, Buffer.from(text).subarray(0, headBytes));
          else if (request === 'open' || request < text.length) visitor.oversized(entry);
          else visitor.content(entry, Buffer.from(text));
        }
        visitor.entry({ ...of, path: 'l', type: 'symlink', size: 0, link });
        visitor.problem?.({ code: 'bad-archive-entry', path: 'secret', message: 'secret cannot be read' });
        return Promise.resolve();
      },
    };
  }

  test('has a diffID that depends on what was read, not on its order', async () => {
    const base = await read(walkOf({ a: '1', b: '2' }));
    expect(base).toMatchObject({ compression: 'none', entries: 3, size: 2 });
    expect(base.blob).toBeUndefined();
    expect((await read(walkOf({ b: '2', a: '1' }))).diffId).toBe(base.diffId);
    const others = [walkOf({ a: '1', b: '3' }), walkOf({ a: '1', c: '2' }), walkOf({ a: '1', b: '2' }, 'y')];
    for (const other of others) expect((await read(other)).diffId).not.toBe(base.diffId);
    expect((await read(walkOf({ a: '1', b: '2' }), {}, record(0))).diffId).not.toBe(base.diffId);
    const unread = { ...record(), entry: () => undefined };
    expect((await read(walkOf({ a: '1' }), {}, unread)).diffId).toBe(
      (await read(walkOf({ b: '4' }), {}, unread)).diffId,
    );
  });

  test('enforces its limits and keeps its problems', async () => {
    const recording = record();
    const { problems } = await read(walkOf({ a: '12', b: '34' }), { limits: { wantedBytes: 3 } }, recording);
    expect(problems.map(({ code, path: name }) => [code, name])).toEqual([
      ['limit-reached', 'b'],
      ['bad-archive-entry', 'secret'],
    ]);
    expect([...recording.contents.keys(), recording.tooLarge]).toEqual(['a', ['b']]);
    const tooMany = read(walkOf({ a: '1', b: '2' }), { limits: { entries: 2 } });
    expect(await resultOf(tooMany)).toBe('limit-exceeded: layer 1: more than 2 entries');
    const wrong = read(walkOf({}), { expected: { diffId: digestOf(small) } });
    expect(await resultOf(wrong)).toContain('digest-mismatch: The content of layer 1 is ');
  });
});
