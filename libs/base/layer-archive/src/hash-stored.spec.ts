import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hashStored } from '.';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hash-stored-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function sparse(length: number) {
  const file = path.join(folder, String(length));
  writeFileSync(file, '');
  truncateSync(file, length);
  return { kind: 'file', path: file, offset: 0, length } as const;
}

const like = `sha256:${'0'.repeat(64)}` as const;
const options = { label: 'layer 1', like };

it.each([10, 5 << 20])('%i bytes are hashed', async (length) => {
  const blob = `sha256:${createHash('sha256').update(Buffer.alloc(length)).digest('hex')}`;
  expect(await hashStored(sparse(length), options)).toMatchObject({ blob });
});

it.each([
  ['more bytes than a layer may have', 2 ** 40, {}, 'is larger than 21474836480 bytes'],
  ['more than the given limit', 1001, { bytes: 1000 }, 'is larger than 1000 bytes'],
  ['more time than a layer may take', 8 * 2 ** 30, { millis: 30 }, 'longer than 30 ms'],
])('%s are rejected', async (_, length, limits, message) => {
  await expect(hashStored(sparse(length), { ...options, limits })).rejects.toMatchObject({
    code: 'limit-exceeded',
    message: expect.stringContaining(message) as string,
  });
});

it.each([
  ['before the hashing starts', queueMicrotask],
  ['while it starts', setImmediate],
])('ends with the reason of its caller, given %s', async (_, later) => {
  const abort = new AbortController();
  const hashing = hashStored(sparse(8 * 2 ** 30), { ...options, signal: abort.signal });
  later(() => {
    abort.abort(new Error('they left'));
  });
  await expect(hashing).rejects.toThrow('they left');
});
