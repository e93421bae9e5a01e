import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { until } from '@clarion/test-kit';
import { decompress } from './decompress';
import type { ArchiveLimits } from './limits';
import { chunked, collect, resultOf } from '../testing/recording';
import { sniffCompression } from './sniff-compression';

type Compressor = (bytes: Uint8Array) => Buffer;

const tools = ['gzip', 'zstd', 'bzip2', 'xz'] as const;
const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);

function byTool(tool: string, ...options: readonly string[]): Compressor {
  return (input) => {
    const { stdout, status } = spawnSync(tool, ['-c', ...options], { input, maxBuffer: 1 << 30 });
    if (status !== 0) throw new Error(`${tool} failed`);
    return stdout;
  };
}

const text = 'a container image is a list of layers\n'.repeat(100);

function testdata(name: string): Buffer {
  return readFileSync(path.join(__dirname, 'testdata', name));
}

function read(bytes: Uint8Array, limits: Partial<ArchiveLimits> = {}, size?: number): Promise<Buffer> {
  return collect(decompress(chunked(bytes, size), { limits, label: 'layer 1' }));
}

describe('sniffCompression', () => {
  test.each([
    ['1f8b08', 'gzip'],
    ['28b52ffd', 'zstd'],
    ['502a4d18', 'zstd'],
    ['5f2a4d18', 'zstd'],
    ['602a4d18', 'none'],
    ['425a6839', 'bzip2'],
    ['fd377a585a00', 'xz'],
    ['fd377a585a01', 'none'],
    ['1f', 'none'],
    ['', 'none'],
  ])('%s is %s', (hex, compression) => {
    expect(sniffCompression(Buffer.from(hex, 'hex'))).toBe(compression);
  });
});

const compressed = ['text.gz', 'text.zst', 'text.bz2', 'text.xz'];

describe.each([...compressed, 'text'])('decompress %s', (name) => {
  test.each([1, 7, 1000, 1 << 20])('in chunks of %d', async (size) => {
    expect((await read(testdata(name), {}, size)).toString()).toBe(text);
  });
});

describe.each(compressed)('decompress %s', (name) => {
  test('cut off anywhere: reported, or complete', async () => {
    const bytes = testdata(name);
    for (let end = 6; end < bytes.length; end++) {
      expect(await resultOf(read(bytes.subarray(0, end)))).toMatch(
        /^corrupt-data: layer 1: damaged (?:gzip|zstd|bzip2|xz) data/,
      );
    }
    expect(await resultOf(read(bytes.subarray(0, 3)))).toMatch(/^(?:ok|corrupt-data)/);
  });

  test('damaged anywhere: reported, or complete; never other content', async () => {
    const bytes = testdata(name);
    // After the magic; some fields, such as times and flags of gzip, are not checked.
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 6, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const damaged = Buffer.from(bytes);
          damaged[at] = (damaged[at] ?? 0) ^ flip;
          const result = await resultOf(
            read(damaged).then((content) => {
              expect(content.toString()).toBe(text);
            }),
          );
          expect(result).toMatch(/^(?:ok|corrupt-data: .*)$/s);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('stops when aborted, also while the source is silent', async () => {
    const bytes = testdata(name);
    let returned = false;
    let asksSilence = (): void => undefined;
    const silent = {
      [Symbol.asyncIterator]: () => {
        let given = false;
        return {
          next: (): Promise<IteratorResult<Uint8Array>> => {
            if (given) {
              asksSilence();
              return new Promise(() => undefined);
            }
            given = true;
            return Promise.resolve({ done: false, value: bytes.subarray(0, 20) });
          },
          return: (): Promise<IteratorResult<Uint8Array>> => {
            returned = true;
            return new Promise(() => undefined);
          },
        };
      },
    };
    const abort = new AbortController();
    asksSilence = () => {
      abort.abort(new Error('enough'));
    };
    const reading = resultOf(collect(decompress(silent, { signal: abort.signal })));
    expect([await reading, returned]).toEqual(['enough', true]);
    expect(await resultOf(collect(decompress(silent, { limits: { millis: 20 }, label: 'layer 1' })))).toBe(
      'limit-exceeded: layer 1: reading it takes longer than 20 ms',
    );
  });

  test('passes on the error of its source', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield testdata(name).subarray(0, 30);
      await Promise.resolve();
      throw new Error('connection lost');
    }
    expect(await resultOf(collect(decompress(failing())))).toBe('connection lost');
  });

  test('closes its source when its consumer stops', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(testdata(name));
      } finally {
        closed = true;
      }
    }
    for await (const chunk of decompress(source())) if (chunk.length > 0) break;
    await until('the source is left', () => closed);
  });
});

describe('decompress: several members, frames and streams', () => {
  const parts = [Buffer.from('one'), Buffer.alloc(0), randomBytes(300_000), Buffer.from('four')];
  const whole = Buffer.concat(parts);

  test('gzip members split at every offset', async () => {
    const bytes = Buffer.concat(['one', 'two', ''].map((part) => gzipSync(part)));
    for (let size = 1; size < bytes.length; size++) expect((await read(bytes, {}, size)).toString()).toBe('onetwo');
  });

  test('gzip padded with zeros, in the same chunk and in others', async () => {
    const bytes = Buffer.concat([gzipSync(text), Buffer.alloc(3000)]);
    expect((await read(bytes)).toString()).toBe(text);
    expect((await read(bytes, {}, 100)).toString()).toBe(text);
  });

  test('gzip with other data after it', async () => {
    const bytes = Buffer.concat([gzipSync(text), Buffer.from('garbage')]);
    expect(await resultOf(read(bytes))).toMatch(/^corrupt-data: layer 1: damaged gzip data/);
  });

  const compressors: [string, Compressor][] = [
    ['zstd', byTool('zstd', '-q')],
    ['zstd without checksum', byTool('zstd', '-q', '--no-check')],
    ['zstd with a long window', byTool('zstd', '-q', '--long=27')],
    ['bzip2', byTool('bzip2', '-9')],
    ['bzip2 -1', byTool('bzip2', '-1')],
    ['xz', byTool('xz', '-0')],
    ['gzip', byTool('gzip', '-9')],
  ];
  const some = missing.length === 0 ? test : test.skip;
  const needs = missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')} here)`;

  some.each(compressors)(`%s of any bytes${needs}`, async (name, compress) => {
    const samples = [
      Buffer.alloc(0),
      Buffer.alloc(3_000_000),
      randomBytes(1_200_000),
      Buffer.from(text.repeat(500)),
      runs(),
    ];
    for (const sample of samples) {
      const out = await read(compress(sample));
      expect([name, out.equals(sample)]).toEqual([name, true]);
    }
  });

  function runs(): Buffer {
    return Buffer.concat(Array.from({ length: 2000 }, (_, at) => Buffer.alloc(at % 270, at % 3)));
  }

  some.each(compressors)(`several of %s${needs}`, async (name, compress) => {
    const skippable = Buffer.from(name.startsWith('zstd') ? '5a2a4d1803000000616263' : '', 'hex');
    const bytes = Buffer.concat([skippable, ...parts.flatMap((part) => [compress(part), skippable])]);
    for (const size of [100, 4096, 1 << 20]) expect((await read(bytes, {}, size)).equals(whole)).toBe(true);
  });

  test('a zstd frame that needs too large a window', async () => {
    // Window descriptor: exponent 18 and mantissa 1, so (1 + 1/8) * 2^28 bytes.
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (18 << 3) | 1, 9, 0, 0, 0x41]);
    expect(await resultOf(read(frame))).toContain('a window of 301989888 bytes is larger than 134217728');
  });
});

describe('decompress: bombs', () => {
  const zeros = Buffer.alloc(40 * 1024 * 1024);
  const ratio = { ratioFreeBytes: 1024 * 1024 };
  const bomb = gzipSync(zeros, { level: 9 });

  test('ratio', async () => {
    expect(await resultOf(read(bomb, ratio))).toMatch(
      /^limit-exceeded: layer 1: expands to more than 200 times its size/,
    );
    expect(await resultOf(read(bomb))).toBe('ok');
  });

  test('bytes, over all members', async () => {
    const members = Buffer.concat(Array.from({ length: 4 }, () => gzipSync(Buffer.alloc(100_000))));
    const exceeded = 'limit-exceeded: layer 1: larger than 399999 bytes uncompressed';
    expect(await resultOf(read(members, { bytes: 399_999 }))).toBe(exceeded);
    expect(await resultOf(read(members, { bytes: 400_000 }))).toBe('ok');
  });

  test('bytes as stored', async () => {
    const exceeded = 'limit-exceeded: layer 1: larger than 1000 bytes as stored';
    expect(await resultOf(read(bomb, { compressedBytes: 1000 }))).toBe(exceeded);
  });

  test('a zstd bomb of repeated bytes, made by hand', async () => {
    // One block of 128 KiB takes four bytes: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.2.2
    const block = Buffer.from([(((128 * 1024) << 3) & 0xff) | 2, ((128 * 1024) >> 5) & 0xff, (128 * 1024) >> 13, 0x41]);
    const frame = Buffer.concat([
      Buffer.from('28b52ffd00', 'hex'),
      Buffer.from([7 << 3]),
      ...Array.from({ length: 700 }, () => block),
    ]);
    const bomb = Buffer.concat([frame, Buffer.from([1, 0, 0])]);
    expect(await resultOf(read(bomb, ratio))).toMatch(/^limit-exceeded: layer 1: expands to more than 200 times/);
    expect((await read(bomb)).length).toBe(700 * 128 * 1024);
  });

  const some = missing.length === 0 ? test : test.skip;
  some.each(['bzip2', 'xz', 'zstd'])('a bomb of %s (needs its command)', async (tool) => {
    expect(await resultOf(read(byTool(tool)(zeros), ratio))).toMatch(
      /^limit-exceeded: layer 1: expands to more than 200/,
    );
  });

  test('a bzip2 run without an end is rejected at once', async () => {
    // A valid block up to its symbols, then only digits of one run.
    const bits = [
      bin(0x425a68, 24),
      bin(0x39, 8),
      bin(0x314159, 24),
      bin(0x265359, 24),
      bin(0, 32),
      '0',
      bin(0, 24),
      bin(0x8000, 16),
      bin(0x8000, 16),
      bin(2, 3),
      bin(2, 15),
      '00',
      ...Array.from({ length: 2 }, () => `${bin(2, 5)}000`),
      '01'.repeat(2000),
    ].join('');
    const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
    expect(await resultOf(read(bytes))).toBe('corrupt-data: layer 1: damaged bzip2 data (a run longer than the block)');
  });

  function bin(value: number, digits: number): string {
    return value.toString(2).padStart(digits, '0');
  }
});

describe('decompress: any bytes after any magic', () => {
  test.each(['1f8b08', '28b52ffd', '502a4d18', '425a6839314159265359', 'fd377a585a00'])('%s', async (magic) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 64 }), async (rest, size) => {
        const bytes = Buffer.concat([Buffer.from(magic, 'hex'), rest]);
        expect(await resultOf(read(bytes, {}, size))).toMatch(/^(?:ok|corrupt-data: .*|limit-exceeded: .*)$/s);
      }),
      { numRuns: 150 },
    );
  });
});

describe('decompress: more frames than content', () => {
  const content = Buffer.from(text);
  /** A frame with one raw block: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1 */
  const frameOf = (bytes: Uint8Array): Buffer => {
    const header = Buffer.alloc(3);
    header.writeUIntLE((bytes.length << 3) | 1, 0, 3);
    return Buffer.concat([Buffer.from('28b52ffd0038', 'hex'), header, bytes]);
  };
  const skippable = Buffer.from('502a4d1800000000', 'hex');
  const long = Buffer.from('5f2a4d180a00000031323334353637383930', 'hex');
  const empty = frameOf(Buffer.alloc(0));
  const checked = Buffer.from('28b52ffd040001000099e9d851', 'hex');
  const repeated = (frame: Buffer, count: number): Buffer => Buffer.alloc(frame.length * count, frame);

  test.each([
    ['a million empty', repeated(empty, 1_000_000)],
    ['a million skippable', repeated(skippable, 1_000_000)],
    ['a million skippable, longer', repeated(long, 1_000_000)],
    ['half a million empty with checksums', repeated(checked, 500_000)],
  ])('%s zstd frames before and after the counted ones are read', async (_, frames) => {
    const bytes = Buffer.concat([frames, frameOf(content), frames, frameOf(content), frames]);
    expect((await read(bytes, {}, 1 << 20)).equals(Buffer.concat([content, content]))).toBe(true);
    expect(await read(frames, {}, 1 << 20)).toHaveLength(0);
  });

  test('zstd frames cut anywhere by chunk boundaries are all read', async () => {
    const bytes = Buffer.concat([
      ...Array.from({ length: 8 }, () => [empty, skippable, frameOf(content), long]).flat(),
    ]);
    for (const size of [1, 2, 3, 5, 8, 13, 1000]) {
      expect((await read(bytes, {}, size)).equals(repeated(content, 8))).toBe(true);
    }
  });

  test('zstd frames of one byte each are read, in any number', async () => {
    const frames = repeated(frameOf(Buffer.from('x')), 50_000);
    expect((await read(frames, {}, 1 << 20)).equals(Buffer.alloc(50_000, 'x'))).toBe(true);
  });

  test('a cut skippable frame is damage', async () => {
    expect(await resultOf(read(Buffer.concat([frameOf(content), long.subarray(0, 12)])))).toMatch(/^corrupt-data/);
    expect(await resultOf(read(long.subarray(0, 12)))).toMatch(/^corrupt-data/);
  });

  test('a million empty gzip members are read', async () => {
    const members = repeated(gzipSync(Buffer.alloc(0)), 1_000_000);
    expect((await read(Buffer.concat([members, gzipSync(content), members]), {}, 1 << 20)).toString()).toBe(text);
  });

  test.each([
    ['bzip2', 'text.bz2'],
    ['xz', 'text.xz'],
  ])('hundreds of streams of %s are read', async (_, name) => {
    const streams = repeated(testdata(name), 500);
    expect(await read(streams, {}, 1 << 20)).toHaveLength(500 * text.length);
  });
});
