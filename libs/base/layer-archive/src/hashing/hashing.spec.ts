import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backgroundHasher, regionHasher } from './background-hasher';
import { readLayer } from '../read-layer';
import { openHashJob } from './hash-worker';

const mebibyte = 1024 * 1024;

/** Reproducible bytes that differ from block to block. */
function bytes(length: number): Buffer {
  const content = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) content.writeUInt32LE((at * 2654435761) >>> 0, at);
  return content;
}

function direct(content: Uint8Array, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`;
}

describe('backgroundHasher', () => {
  it.each([0, 1, 1000, mebibyte - 1, mebibyte, mebibyte + 1, 5 * mebibyte, 30 * mebibyte + 7])(
    'computes the digest of %d bytes, whatever the chunks',
    async (length) => {
      const content = bytes(length);
      for (const step of [7 * mebibyte, 333_333]) {
        const hasher = backgroundHasher('sha256');
        for (let at = 0; at < length; at += step) await hasher.update(content.subarray(at, at + step));
        expect(await hasher.digest()).toBe(direct(content));
      }
    },
  );

  it('computes several at once, and by another algorithm', async () => {
    const content = bytes(12 * mebibyte);
    const digests = ['sha256', 'sha512', 'sha256'].map(async (algorithm) => {
      const hasher = backgroundHasher(algorithm as 'sha256' | 'sha512');
      for (let at = 0; at < content.length; at += 100_000) await hasher.update(content.subarray(at, at + 100_000));
      return hasher.digest();
    });
    expect(await Promise.all(digests)).toEqual([direct(content), direct(content, 'sha512'), direct(content)]);
  });

  it('asks its caller to wait when the thread is behind, so that memory stays bounded', () => {
    const hasher = backgroundHasher('sha256');
    let fed = 0;
    let behind: Promise<void> | undefined;
    while (behind === undefined && fed < 40) {
      behind = hasher.update(bytes(mebibyte));
      fed += 1;
    }
    expect(fed).toBeGreaterThan(1);
    expect(fed).toBeLessThan(40);
    hasher.drop();
  });

  it('can be dropped at any time, even unused', async () => {
    backgroundHasher('sha256').drop();
    const dropped = backgroundHasher('sha256');
    await dropped.update(bytes(3 * mebibyte));
    dropped.drop();
    const after = backgroundHasher('sha256');
    await after.update(bytes(3 * mebibyte));
    expect(await after.digest()).toBe(direct(bytes(3 * mebibyte)));
  });
});

describe('a hash whose thread fails', () => {
  it('returns every buffer, reports the error at the end, and the next one works', async () => {
    const returned: number[] = [];
    // The thread does not catch this.
    const job = openHashJob('no-such-hash' as 'sha256', ({ byteLength }) => returned.push(byteLength));
    job.update(new ArrayBuffer(10), 5);
    job.update(new ArrayBuffer(20), 5);
    await expect(job.digest()).rejects.toThrow('The hashing thread failed');
    job.update(new ArrayBuffer(30), 5);
    expect(returned).toEqual([10, 20, 30]);
    const content = bytes(3 * mebibyte);
    const hasher = backgroundHasher('sha256');
    await hasher.update(content);
    expect(await hasher.digest()).toBe(direct(content));
  });
});

describe('a file region', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clarion-hashing-'));
  const path = join(folder, 'file');
  const content = bytes(9 * mebibyte);
  beforeAll(() => {
    writeFileSync(path, content);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    [0, 100],
    [17, mebibyte],
    [512, 8 * mebibyte],
    [0, 9 * mebibyte],
  ])('at %d of %d bytes has the digest of just these', async (offset, length) => {
    const hasher = regionHasher({ path, offset, length }, 'sha256');
    expect(hasher.update(content)).toBeUndefined();
    expect(await hasher.digest()).toBe(direct(content.subarray(offset, offset + length)));
  });

  it.each([
    ['ends before it should', 0, 20 * mebibyte],
    ['is not there', 1, 2 * mebibyte],
  ])('that %s is corrupt data, not a hang', async (_what, missing, length) => {
    const hasher = regionHasher({ path: missing ? join(folder, 'gone') : path, offset: 0, length }, 'sha256');
    await expect(hasher.digest()).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  it('can be dropped, and dropping ends the reading', async () => {
    const hasher = regionHasher({ path, offset: 0, length: content.length }, 'sha256');
    hasher.drop();
    const next = regionHasher({ path, offset: 0, length: 2 * mebibyte }, 'sha256');
    expect(await next.digest()).toBe(direct(content.subarray(0, 2 * mebibyte)));
  });
});

describe('a tar without an end marker', () => {
  const header = Buffer.alloc(512);
  header.write('a', 0);
  header.write('0000644\0', 100);
  header.write('00000000000\0', 124);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const visitor = {
    entry: () => undefined,
    content: () => undefined,
    oversized: () => undefined,
    problem: () => undefined,
  };

  async function read(expected?: { readonly diffId: string }): Promise<readonly string[]> {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield header;
    }
    const content = { kind: 'stream', stream: chunks() } as const;
    const { problems } = await readLayer(content, visitor, { label: 'layer 1', ...(expected && { expected }) });
    return problems.map(({ code }) => code);
  }

  it('is reported, since more data may be missing', async () => {
    expect(await read()).toEqual(['truncated-archive']);
  });

  it('is complete when it has the declared digest', async () => {
    expect(await read({ diffId: direct(header) })).toEqual([]);
  });
});
