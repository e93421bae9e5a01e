import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { gunzip } from '../gunzip';
import { chunked } from '../../testing/recording';
import { gunzipInThread } from './gunzip-in-thread';
import { SyncGunzip } from './sync-gunzip';

const mebibyte = 1024 * 1024;

/** Compresses to about half. */
function content(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  const random = createHash('sha256').update(String(seed)).digest();
  for (let at = 0; at < length; at += 64) {
    createHash('sha256').update(random).update(String(at)).digest().copy(bytes, at);
  }
  return bytes;
}

async function* inThread(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { chunks: borrowed, release } = await gunzipInThread(chunks);
  for await (const chunk of borrowed) {
    yield chunk;
    release?.(chunk.buffer as ArrayBuffer);
  }
}

interface InflateResult {
  readonly bytes: number;
  readonly hash: string;
  readonly error: string | undefined;
}

/** The decompressed result, read under the rules for borrowed chunks. */
async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<InflateResult> {
  const hash = createHash('sha256');
  let bytes = 0;
  let error: string | undefined;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      hash.update(chunk);
    }
  } catch (caught) {
    error = (caught as Error).message;
  }
  return { bytes, hash: error === undefined ? hash.digest('hex') : '', error };
}

const large = content(6 * mebibyte);
const packed = gzipSync(large, { level: 1 });
const little = gzipSync(content(700_000, 3));
const members = Buffer.concat([packed, gzipSync(content(3 * mebibyte, 2)), gzipSync(''), gzipSync('end')]);

describe('gunzipInThread', () => {
  it('finds what it needs in this version of Node', () => {
    expect(SyncGunzip.isSupported()).toBe(true);
  });

  it.each<[what: string, bytes: Buffer]>([
    ['one member', packed],
    ['several members, also empty ones', members],
    ['padding', Buffer.concat([packed, Buffer.alloc(2 * mebibyte)])],
    ['padding shorter than a chunk', Buffer.concat([packed, Buffer.alloc(10)])],
    ['members after padding, which is the end', Buffer.concat([packed, Buffer.alloc(512), packed])],
    ['garbage at the end', Buffer.concat([packed, Buffer.from('garbage')])],
    ['a damaged member', Buffer.concat([packed.subarray(0, 2 * mebibyte), randomBytes(mebibyte)])],
    ['a cut header of a second member', Buffer.concat([packed, packed.subarray(0, 5)])],
    ['a cut member', members.subarray(0, packed.length + mebibyte)],
    ['data cut in its checksum', packed.subarray(0, -3)],
    ['little data', gzipSync('little')],
    ['little data of several members', Buffer.concat([gzipSync('one'), little, gzipSync('')])],
    ['little data with padding', Buffer.concat([little, Buffer.alloc(200_000)])],
    ['little data and a member after padding', Buffer.concat([little, Buffer.alloc(512), gzipSync('more')])],
    ['little data and garbage', Buffer.concat([little, Buffer.from('garbage')])],
    ['little data, cut', little.subarray(0, 300_000)],
    ['little data, cut in its checksum', little.subarray(0, -3)],
    ['little data, damaged', Buffer.concat([little.subarray(0, 200_000), randomBytes(100_000)])],
    ['little damaged data', Buffer.from('1f8b0800000000000003ff', 'hex')],
    ['a thousand to one', gzipSync(Buffer.alloc(64 * mebibyte))],
  ])('has the output of a stream of Node: %s', async (_, bytes) => {
    for (const size of [mebibyte, 65_536, 70_001]) {
      const byStream = await readAll(gunzip(chunked(bytes, size)));
      const byThread = await readAll(inThread(chunked(bytes, size)));
      // How much of damaged data comes before the error depends on the buffer sizes.
      expect(byThread).toEqual(byStream.error === undefined ? byStream : { ...byStream, bytes: byThread.bytes });
    }
  });

  it('has the output of a stream of Node, for damaged data', async () => {
    const byte = fc.record({
      at: fc.integer({ min: 10, max: members.length - 1 }),
      flip: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(byte, fc.integer({ min: 1000, max: 2 * mebibyte }), async ({ at, flip }, size) => {
        const damaged = Buffer.from(members);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const byStream = await readAll(gunzip(chunked(damaged, size)));
        const byThread = await readAll(inThread(chunked(damaged, size)));
        expect([byThread.error, byThread.hash]).toEqual([byStream.error, byStream.hash]);
      }),
      { numRuns: 40 },
    );
  });

  it('inflates many at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => readAll(inThread(chunked(packed, 100_000)))));
    const hash = createHash('sha256').update(large).digest('hex');
    expect(all).toEqual(all.map(() => ({ bytes: large.length, hash, error: undefined })));
  });

  it('reads all of its source, even after the end of the data', async () => {
    const padded = Buffer.concat([packed, Buffer.alloc(5 * mebibyte)]);
    let read = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunked(padded, 65_536)) {
        read += chunk.length;
        yield chunk;
      }
    }
    await readAll(inThread(counted()));
    expect(read).toBe(padded.length);
  });

  it('passes on the error of its source', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* chunked(packed.subarray(0, 2 * mebibyte), 65_536);
      await Promise.resolve();
      throw new Error('connection reset');
    }
    expect((await readAll(inThread(failing()))).error).toBe('connection reset');
  });

  it('closes its source when its consumer stops, and reads little ahead', async () => {
    let read = 0;
    let closed = false;
    async function* watched(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          read += 1;
          yield await Promise.resolve(packed.subarray(0, mebibyte));
        }
      } finally {
        closed = true;
      }
    }
    for await (const chunk of inThread(watched())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBe(true);
    expect(read).toBeLessThan(12);
  });
});
