import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { codings, decode, decodeChunks, encode, encodeChunks } from './codings';

const text = Buffer.from('{"name":"openssl","version":"3.0.13"}\n'.repeat(5000));

describe.each(codings)('%s', (coding) => {
  it('makes bytes shorter, and returns them', async () => {
    const encoded = await encode(text, coding);
    expect(encoded.length).toBeLessThan(text.length / 50);
    expect(Buffer.from(await decode(encoded, coding, text.length)).equals(text)).toBe(true);
  });

  it('returns no more than is allowed', async () => {
    await expect(decode(await encode(text, coding), coding, text.length - 1)).rejects.toThrow();
  });

  it('rejects other bytes', async () => {
    await expect(decode(text, coding, text.length)).rejects.toThrow();
  });

  it('has no content of nothing', async () => {
    expect((await decode(await encode(Buffer.alloc(0), coding), coding, 1)).length).toBe(0);
  });

  it('encodes a stream', async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < text.length; at += 1000) yield await Promise.resolve(text.subarray(at, at + 1000));
    }
    const encoded = await buffer(encodeChunks(chunks(), coding));
    expect(Buffer.from(await decode(encoded, coding, text.length)).equals(text)).toBe(true);
  });

  it('encodes a stream that is kept as small as the whole', async () => {
    const report = readFileSync(join(__dirname, '../../../../docs/schemas/report-v1.json'));
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < report.length; at += 1000) yield await Promise.resolve(report.subarray(at, at + 1000));
    }
    const [kept, whole] = [await buffer(encodeChunks(chunks(), coding, report.length)), await encode(report, coding)];
    const passing = await buffer(encodeChunks(chunks(), coding));
    expect(kept.length).toBeLessThan(whole.length * 1.02);
    expect(passing.length).toBeGreaterThan(kept.length * 1.05);
  });

  it('decodes to a stream', async () => {
    const encoded = await encode(text, coding);
    expect((await buffer(decodeChunks(encoded, coding))).equals(text)).toBe(true);
    await expect(buffer(decodeChunks(text, coding))).rejects.toThrow();
  });

  it('ends with the error of a stream', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      throw new Error('gone');
    }
    await expect(buffer(encodeChunks(broken(), coding))).rejects.toThrow();
  });
});

it('knows three codings on every version of Node', () => {
  expect(codings.filter((coding) => coding !== 'zstd')).toEqual(['br', 'gzip', 'deflate']);
});

it.each(['libs/plugins/report-formats/src/testdata/debian.json', 'docs/schemas/report-v1.json', 'package-lock.json'])(
  'of %s, the first coding is the smallest: callers without a preference get it',
  async (file) => {
    const bytes = readFileSync(join(__dirname, '../../../..', file));
    const sizes = await Promise.all(codings.map(async (coding) => (await encode(bytes, coding)).length));
    expect(Math.min(...sizes)).toBe(sizes[0]);
  },
);
