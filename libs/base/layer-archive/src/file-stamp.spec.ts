import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRegion } from './file-region';
import { identifyRegion, isSettled, lastingKey, stampOf } from './file-stamp';
import { regionHasher } from './hashing/background-hasher';
import { resultOf } from '../testing/recording';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'file-stamp-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const region = (name: string, length: number) =>
  ({ kind: 'file', path: path.join(folder, name), offset: 10, length }) as const;
const stats = (name: string) => statSync(path.join(folder, name), { bigint: true });

describe('the stamp of a file', () => {
  test('changes with a modification that keeps size and time', () => {
    writeFileSync(path.join(folder, 'a'), 'one');
    const [before, { atime, mtime }] = [stampOf(stats('a')), statSync(path.join(folder, 'a'))];
    writeFileSync(path.join(folder, 'a'), 'two');
    utimesSync(path.join(folder, 'a'), atime, mtime);
    expect(statSync(path.join(folder, 'a')).mtime).toEqual(mtime);
    expect(stampOf(stats('a'))).not.toBe(before);
  });

  test('differs from that of another file with the same content', () => {
    for (const name of ['a', 'b']) writeFileSync(path.join(folder, name), 'one');
    expect(stampOf(stats('a'))).not.toBe(stampOf(stats('b')));
  });

  test.each([1000, 3 * 1024 * 1024])('must be that of the file that is opened: %i bytes', async (length) => {
    for (const name of ['a', 'b']) writeFileSync(path.join(folder, name), Buffer.alloc(length + 20));
    const read = async (stamp: string): Promise<void> => {
      const chunks = readRegion({ ...region('a', length), stamp }, 'layer 1');
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next());
    };
    const hash = (stamp: string): Promise<unknown> =>
      regionHasher({ ...region('a', length), stamp }, 'sha256').digest();
    await read(stampOf(stats('a')));
    await hash(stampOf(stats('a')));
    expect(await resultOf(read(stampOf(stats('b'))))).toBe('corrupt-data: layer 1 changed while it was read');
    expect(await resultOf(hash(stampOf(stats('b'))))).toMatch(/^corrupt-data: /);
  });
});

describe('keys of parts of files', () => {
  test('identify file, offset and length, and whether a temporary copy is of a permanent file', async () => {
    writeFileSync(path.join(folder, 'a'), 'one');
    const content = region('a', 5);
    const stamp = stampOf(stats('a'));
    expect(await identifyRegion(content)).toBe(`${stamp} 10 5`);
    expect(await identifyRegion({ ...content, temporary: {} })).toBe(`${stamp} 10 5`);
    expect(await identifyRegion({ ...content, temporary: { unpackedFrom: 'x y' } })).toBe('unpacked x y 10 5');
    expect(await identifyRegion({ ...content, path: path.join(folder, 'none') })).toBeUndefined();
    const later = Date.now() + 10_000;
    expect(lastingKey(content, stats('a'), later)).toBe(`${stamp} 10 5`);
    expect(lastingKey({ ...content, temporary: {} }, stats('a'), later)).toBeUndefined();
    expect(lastingKey({ ...content, temporary: { unpackedFrom: 'x y' } }, stats('a'), 0)).toBe('unpacked x y 10 5');
  });

  test('are permanent when the next change cannot be in the same tick of the clock', () => {
    writeFileSync(path.join(folder, 'a'), 'one');
    const at = Number(stats('a').ctimeMs);
    expect([0, 1999, 2001].map((millis) => isSettled(stats('a'), at + millis))).toEqual([false, false, true]);
    // A time in the future was set by hand.
    utimesSync(path.join(folder, 'a'), at / 1000, at / 1000 + 1_000_000);
    expect(isSettled(stats('a'), at + 10_000)).toBe(true);
  });
});
