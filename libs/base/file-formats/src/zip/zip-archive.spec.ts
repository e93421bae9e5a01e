import { memorySource } from '@clarion/layer-archive';
import { ClarionError } from '@clarion/model';
import { buildZip, type ZipBuilderEntry, type ZipBuilderOptions } from '@clarion/test-kit';
import fc from 'fast-check';
import { memberChunks, readMember } from './member-content';
import { selectMembers } from './zip-archive';

const limits = { directoryBytes: 1024 * 1024, entries: 1000 };
const all = (): boolean => true;
const large = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) % 251));

/** Each member as text; what it throws instead. */
function contents(archive: Uint8Array): (readonly [string, string])[] {
  const source = memorySource(archive);
  return selectMembers(source, limits, all).members.map((member) => {
    return [member.name, readMember(source, member).toString('latin1')];
  });
}

async function streamed(archive: Uint8Array): Promise<Buffer> {
  const source = memorySource(archive);
  const [member] = selectMembers(source, limits, all).members;
  const chunks: Uint8Array[] = [];
  if (member === undefined) return Buffer.alloc(0);
  for await (const chunk of memberChunks(source, member)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const two: ZipBuilderEntry[] = [
  { name: 'META-INF/MANIFEST.MF', content: 'Name: a' },
  { name: 'b', content: '', stored: true },
];
const expected = [
  ['META-INF/MANIFEST.MF', 'Name: a'],
  ['b', ''],
];

/** Bytes of `archive` with some of them replaced. */
function changed(archive: Buffer, at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(archive);
  copy.set(bytes, at);
  return copy;
}

describe('a zip archive', () => {
  it.each<[string, readonly ZipBuilderEntry[], ZipBuilderOptions]>([
    ['as usual', two, {}],
    ['with 64-bit numbers', two.map((entry) => ({ ...entry, zip64: true })), { zip64: true }],
    ['with sizes after the content', two.map((entry) => ({ ...entry, descriptor: 'signed' as const })), {}],
    ['with a comment', two, { comment: 'PK\u0005\u0006 is not the end record'.padEnd(200, 'PK\u0005\u0006') }],
  ])('%s is read', (_, entries, options) => {
    expect(contents(buildZip(entries, options))).toEqual(expected);
  });

  it('is read after other bytes, as those of a script', () => {
    const script = Buffer.from('#!/bin/sh\nexec java -jar "$0"\n');
    expect(contents(Buffer.concat([script, buildZip(two)]))).toEqual(expected);
    expect(contents(Buffer.concat([script, buildZip(two, { zip64: true })]))).toEqual(expected);
  });

  it('is read with other bytes behind it, and by the record that fits where its comment has another', () => {
    expect(contents(Buffer.concat([buildZip(two), Buffer.from('signature')]))).toEqual(expected);
    const empty = Buffer.concat([Buffer.from('PK\u0005\u0006'), Buffer.alloc(16), Buffer.from([9, 0])]);
    const comment = Buffer.concat([empty, Buffer.from('abc')]).toString('latin1');
    expect(contents(buildZip(two, { comment }))).toEqual(expected);
  });

  it('without entries is read', () => {
    expect(contents(buildZip([]))).toEqual([]);
  });

  it('selects members by name', () => {
    const source = memorySource(buildZip(two));
    const { members, entries } = selectMembers(source, limits, (name) => name === 'b');
    expect([members.map(({ name }) => name), entries]).toEqual([['b'], 2]);
  });

  it.each([
    ['deflated', {}],
    ['stored', { stored: true }],
  ])('is streamed member by member, %s', async (_, how) => {
    if ('stored' in how)
      expect(contents(buildZip([{ name: 'a', content: large, ...how }]))[0]?.[1].length).toBe(300_000);
    else expect((await streamed(buildZip([{ name: 'a', content: large }]))).equals(large)).toBe(true);
  });

  const plain = buildZip(two);
  const directory = plain.indexOf(Buffer.from('PK\u0001\u0002'));
  const end = plain.length - 22;
  const wide = buildZip(two, { zip64: true });
  it.each<[string, Buffer, string]>([
    ['that is empty', Buffer.alloc(0), 'it is not a whole zip archive'],
    ['that is cut off', plain.subarray(0, -30), 'it is not a whole zip archive'],
    ['of several files', changed(plain, end + 4, [1]), 'it is not a whole zip archive'],
    ['with two end records', changed(wide, wide.length - 12, [1, 0]), 'its end records name different directories'],
    ['with more entries than it says', changed(plain, end + 10, [1]), 'has more entries than its end record says'],
    ['with fewer entries than it says', changed(plain, end + 10, [3]), 'has fewer entries than its end record says'],
    ['with an entry behind the directory', changed(plain, directory + 42, [0, 1]), 'lies outside of its data'],
    ['with entries that overlap', changed(plain, directory + 20, [60]), 'entries of it overlap'],
    ['with a directory of something else', changed(plain, directory + 46 + 20, [0]), 'something else than entries'],
    ['with another name in the header', changed(plain, 30, [0x4e]), 'its own header says something else'],
    ['with another size', buildZip([{ name: 'a', content: 'b', checksum: 1 }]), 'another size or checksum'],
    ['that is encrypted', buildZip([{ name: 'a', content: 'b', flags: 1 }]), 'it is encrypted'],
    ['that is compressed otherwise', buildZip([{ name: 'a', content: 'b', method: 14 }]), 'by the method 14'],
  ])('%s is rejected', (_, archive, message) => {
    expect(() => contents(archive)).toThrow(ClarionError);
    expect(() => contents(archive)).toThrow(message);
  });

  it('that expands to more than it declares ends there', async () => {
    const bomb = buildZip([{ name: 'a', content: Buffer.alloc(1_000_000) }]);
    const at = bomb.indexOf(Buffer.from('PK\u0001\u0002')) + 24;
    const lying = changed(bomb, at, [10, 0, 0, 0]);
    expect(() => contents(lying)).toThrow('another size or checksum');
    await expect(streamed(lying)).rejects.toThrow('another size or checksum');
  });

  it('has limits for its entries and its directory', () => {
    const source = memorySource(buildZip(two));
    expect(() => selectMembers(source, { ...limits, entries: 1 }, all)).toThrow('it has more than 1 entries');
    expect(() => selectMembers(source, { ...limits, directoryBytes: 99 }, all)).toThrow('more than 99 bytes');
  });

  it('returns what was put into it, whatever that is', () => {
    const entry = fc.record({
      name: fc.string({ minLength: 1 }),
      content: fc.uint8Array({ maxLength: 300 }),
      stored: fc.boolean(),
      zip64: fc.boolean(),
      descriptor: fc.constantFrom(undefined, 'signed' as const, 'bare' as const),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), fc.string(), fc.boolean(), (entries, comment, zip64) => {
        const given = entries.map(({ descriptor, ...one }) => ({ ...one, ...(descriptor && { descriptor }) }));
        const found = contents(buildZip(given, { comment, zip64 }));
        expect(found).toEqual(given.map(({ name, content }) => [name, Buffer.from(content).toString('latin1')]));
      }),
    );
  });

  it('throws nothing but errors of its own, whatever is changed in it', async () => {
    const archive = buildZip([...two, { name: 'c', content: large.subarray(0, 2000), zip64: true }], { zip64: true });
    const change = fc.tuple(fc.nat(archive.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(40), async (changes, cut) => {
        const copy = Buffer.from(archive);
        for (const [at, byte] of changes) copy[at] = byte;
        const broken = copy.subarray(0, copy.length - (cut > 20 ? cut : 0));
        for (const read of [contents, streamed]) {
          const result: unknown = await Promise.resolve(broken)
            .then<unknown>(read)
            .catch((error: unknown) => error);
          if (result instanceof Error && !(result instanceof ClarionError)) throw result;
        }
      }),
      { numRuns: 500 },
    );
  });
});
