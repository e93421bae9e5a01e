import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { EntryNames, type PackedName, unpackNames } from './entry-names';

function unpacked(packed: string): PackedName[] {
  const all: PackedName[] = [];
  unpackNames(packed, (one) => all.push(one) > 0);
  return all;
}

function packed(names: readonly string[]): string {
  const list = new EntryNames();
  names.forEach((name) => list.add(name));
  return list.packed();
}

describe('packed names', () => {
  it('are the names in their order', () => {
    const part = fc.constantFrom('usr/', 'lib/', 'x', 'bin', '😀', '😁', 'é', '\uffff', '\x01', 'a'.repeat(300));
    const name = fc.array(part, { minLength: 1 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(name), (names) => {
        expect(unpacked(packed(names)).map((one) => one.name)).toEqual(names);
      }),
      { numRuns: 500 },
    );
  });

  it('come with the length of what they share with the name before', () => {
    expect(unpacked(packed(['usr/', 'usr/bin/', 'usr/bin/a', 'usr/lib', 'x']))).toEqual([
      { name: 'usr/', shared: 0 },
      { name: 'usr/bin/', shared: 4 },
      { name: 'usr/bin/a', shared: 8 },
      { name: 'usr/lib', shared: 4 },
      { name: 'x', shared: 0 },
    ]);
  });

  it('are damaged where the end of one is missing', () => {
    const cut = deflateRawSync(Buffer.from('\x00usr/\0\x04li')).toString('base64');
    expect(() => unpacked(cut)).toThrow(expect.objectContaining({ code: 'corrupt-data' }) as Error);
  });

  it('end where the reader has enough', () => {
    const taken: string[] = [];
    unpackNames(packed(['a', 'b', 'c']), ({ name }) => taken.push(name) < 2);
    expect(taken).toEqual(['a', 'b']);
  });

  it('are limited in number and length', () => {
    const many = new EntryNames();
    const added = Array.from({ length: 1_000_001 }, (_, at) => many.add(`${at}`));
    expect(added.indexOf(false)).toBe(1_000_000);
    const long = new EntryNames();
    const text = 'n'.repeat(4000);
    let count = 0;
    while (long.add(`${count}${text}`)) count += 1;
    expect(count).toBeGreaterThan(8000);
    expect(unpacked(long.packed())).toHaveLength(count);
  });

  it('that were added are known', () => {
    const list = new EntryNames();
    const names = Array.from({ length: 5000 }, (_, at) => `usr/share/${at}`);
    names.forEach((name) => list.add(name));
    expect(names.every((name) => list.mayHave(name))).toBe(true);
    expect(list.mayHave('usr/share')).toBe(false);
  });
});
