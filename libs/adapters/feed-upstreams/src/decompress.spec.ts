import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { until } from '@clarion/test-kit';
import { decompress, defaultDecompressLimits, stripSuffix } from './decompress';

const plain = Buffer.concat(
  Array.from({ length: 400 }, (_, index) =>
    Buffer.from(`{"CVE-2024-${index}":"${randomBytes(300).toString('base64')}"}\n`),
  ),
);

/** The output of the real tool, to compare with this decoder; undefined where the tool is not installed. */
function packed(tool: string): Buffer | undefined {
  try {
    return execFileSync(tool, ['-c'], { input: plain, stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: 1e9 });
  } catch {
    return undefined;
  }
}

async function* pieces(bytes: Uint8Array, size = 10_000): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (const part of [0.4, 0.5, 0.6]) {
    const at = Math.floor(copy.length * part);
    copy[at] = (copy[at] ?? 0) ^ 0x55;
  }
  return copy;
}

const forms = (['gzip', 'xz', 'zstd', 'bzip2'] as const).map((tool) => [tool, packed(tool)] as const);
const available = forms.flatMap(([tool, bytes]) => (bytes === undefined ? [] : [[tool, bytes] as const]));
const absent = forms.flatMap(([tool, bytes]) => (bytes === undefined ? [tool] : []));

describe('decompress', () => {
  for (const tool of absent) it.skip(`reads ${tool} (the tool is not installed here)`, () => undefined);

  it.each(available)('reads %s', async (_, bytes) => {
    for (const size of [1000, 100_000, 10_000_000])
      expect((await collect(decompress(pieces(bytes, size)))).equals(plain)).toBe(true);
  });

  it.each(available)('reads several members of %s', async (_, bytes) => {
    const twice = await collect(decompress(pieces(Buffer.concat([bytes, bytes]))));
    expect(twice.equals(Buffer.concat([plain, plain]))).toBe(true);
  });

  it.each(available)('rejects %s that is truncated', async (_, bytes) => {
    for (const cut of [7, Math.floor(bytes.length / 2), bytes.length - 5]) {
      await expect(collect(decompress(pieces(bytes.subarray(0, cut))))).rejects.toMatchObject({ code: 'corrupt-data' });
    }
  });

  it.each(available)('rejects %s that is damaged', async (_, bytes) => {
    await expect(collect(decompress(pieces(damaged(bytes))))).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it.each(available)('limits the output of %s', async (_, bytes) => {
    const limits = { ...defaultDecompressLimits, maxBytes: 10_000 };
    await expect(collect(decompress(pieces(bytes), limits))).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('limits the ratio', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    const limits = { ...defaultDecompressLimits, ratio: 200, ratioAfter: 1_000_000 };
    await expect(collect(decompress(pieces(bomb), limits))).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect((await collect(decompress(pieces(bomb)))).length).toBe(20_000_000);
  });

  it('accepts an archive with far more repetition than a layer may have', async () => {
    const size = 110 * 1024 ** 2;
    const repetitive = gzipSync(Buffer.alloc(size, '{"status":"not_affected"},'));
    expect(size / repetitive.length).toBeGreaterThan(300);
    let bytes = 0;
    for await (const chunk of decompress(pieces(repetitive))) bytes += chunk.length;
    expect(bytes).toBe(size);
  });

  it('limits plain documents too', async () => {
    const limits = { maxBytes: 100, ratio: 1, ratioAfter: 0 };
    await expect(collect(decompress(pieces(plain), limits))).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(await collect(decompress(pieces(Buffer.alloc(100, 'x')), limits))).toHaveLength(100);
  });

  it.each([
    ['empty', ''],
    ['short', '{}'],
    ['like a magic number', 'BZ'],
  ])('passes %s plain text through', async (_, text) => {
    expect((await collect(decompress(pieces(Buffer.from(text))))).toString()).toBe(text);
  });

  it.each(available)('passes on failures of the source in %s', async (_, bytes) => {
    const failure = new Error('the network is gone');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* pieces(bytes.subarray(0, 1000));
      throw failure;
    }
    await expect(collect(decompress(broken()))).rejects.toBe(failure);
  });

  it.each(available)('can be left early in %s', async (_, bytes) => {
    let ended = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* pieces(bytes, 1000);
      } finally {
        ended = true;
      }
    }
    for await (const chunk of decompress(source())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await until('the source is left', () => ended);
  });
});

describe('stripSuffix', () => {
  it.each([
    ['json.xz', 'json'],
    ['main.json.gz', 'main.json'],
    ['json', 'json'],
    ['.gz', '.gz'],
    ['all.zip', 'all.zip'],
  ])('%s is %s', (name, expected) => {
    expect(stripSuffix(name)).toBe(expected);
  });
});
