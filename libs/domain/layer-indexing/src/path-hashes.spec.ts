import fc from 'fast-check';
import {
  decodeHashes,
  decodeNumbers,
  encodeHashes,
  encodeNumbers,
  HashCollector,
  hashOfPath,
  hashOfText,
  mostOwners,
  pathHashes,
} from './path-hashes';

test('hashes are the same after encoding and decoding, and are found', () => {
  const hashes = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 50 });
  fc.assert(
    fc.property(hashes, fc.integer({ min: 0, max: 0xffffffff }), (added, other) => {
      const collector = new HashCollector();
      for (const hash of added) collector.add(hash);
      const sorted = collector.sorted().hashes;
      expect([...sorted]).toEqual([...new Set(added)].sort((a, b) => a - b));
      expect(decodeHashes(encodeHashes(sorted))).toEqual(sorted);
      const set = pathHashes(sorted);
      expect(added.every((hash) => set.has(hash))).toBe(true);
      expect(set.has(other)).toBe(added.includes(other));
    }),
  );
});

test('numbers are the same after encoding and decoding', () => {
  const numbers = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 50 });
  fc.assert(
    fc.property(numbers, (some) => {
      expect([...decodeNumbers(encodeNumbers(Uint32Array.from(some)))]).toEqual(some);
    }),
  );
});

test('of several owners of one path, the known one with the smallest number counts', () => {
  const collector = new HashCollector();
  const added = [
    [7, 0],
    [7, 3],
    [7, 2],
    [4_294_967_295, mostOwners - 1],
    [0, 0],
  ] as const;
  for (const [hash, owner] of added) collector.add(hash, owner);
  const { hashes, owners } = collector.sorted();
  expect([[...hashes], [...owners]]).toEqual([
    [0, 7, 4_294_967_295],
    [0, 2, mostOwners - 1],
  ]);
});

test('a collector has room for two million', () => {
  const collector = new HashCollector();
  for (let number = 0; number < 2 ** 21; number += 1) collector.add(number);
  expect([collector.add(1), collector.sorted().hashes.length]).toEqual([false, 2 ** 21]);
});

describe('one file has one hash', () => {
  test.each([
    ['/usr/bin/sh', 'usr/bin/sh'],
    ['./bin/sh', 'bin/sh'],
    ['usr/share/doc/', '/usr/share/doc'],
    ['/usr/share/é', 'usr/share/é'],
  ])('%s, %s', (a, b) => {
    expect(hashOfText(a)).toBe(hashOfText(b));
  });

  test.each([
    ['usr/bin/a', 'usr/bin/b'],
    ['usr/bin/a', 'usr/local/bin/a'],
    ['usr/bin/a', 'bin/a'],
    ['usr/bin/a', 'usr/sbin/a'],
    ['usr/lib/a', 'usr/lib64/a'],
    ['usr/share/a', 'usr/share/a/a'],
  ])('and others another: %s, %s', (a, b) => {
    expect(hashOfText(a)).not.toBe(hashOfText(b));
  });

  test('wherever its bytes are', () => {
    const bytes = Buffer.from('xx/usr/lib64/a\nusr/');
    expect(hashOfPath(bytes, 2, 14)).toBe(hashOfText('usr/lib64/a'));
  });
});
