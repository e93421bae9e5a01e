import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { memorySource } from '@clarion/layer-archive';
import { type ByteSource, ClarionError } from '@clarion/model';
import { buildElf, buildFat, buildMachO, buildPe, elfNote } from '@clarion/test-kit';
import fc from 'fast-check';
import { fileMagic } from '../file-magic';
import { readExecutable } from './read-executable';

const orders = [32, 64].flatMap((bits) => [false, true].map((bigEndian) => ({ bits: bits as 32 | 64, bigEndian })));
const named =
  (...names: string[]) =>
  (name: string): boolean =>
    names.includes(name);

/** Sections of a file with their bytes. */
function sectionsIn(file: Buffer, ...names: string[]): unknown {
  const parts = readExecutable(memorySource(file), { section: named(...names) });
  return parts?.sections.map(({ name, within, offset, size }) => {
    return [within, name, file.toString('latin1', offset, offset + size)];
  });
}

const linux = (order: (typeof orders)[number]): Buffer => {
  const content =
    elfNote(order, { owner: 'GNU', type: 3, content: 'id' }) +
    elfNote(order, { owner: 'FDO', type: 0xcafe1a7e, content: '{"name":"x"}' });
  return buildElf(order, [
    { name: '.dep-v0', content: 'crates' },
    { name: '.empty', content: '' },
    { name: '.note.package', content },
  ]);
};

describe('an ELF file', () => {
  it.each(orders)('of $bits bits, big-endian $bigEndian, has sections by name', (order) => {
    const file = linux(order);
    expect(fileMagic(file)).toBe('elf');
    expect(sectionsIn(file, '.dep-v0', '.empty', '.none')).toEqual([
      ['', '.dep-v0', 'crates'],
      ['', '.empty', ''],
    ]);
    const parts = readExecutable(memorySource(file), { section: named('.dep-v0') });
    expect(parts?.executables).toEqual([{ within: '', format: 'elf', ...order, machine: 62 }]);
    expect(parts?.sections[0]?.address).toBe(0x1000);
  });

  it('has the same sections when only those of some names are looked at, damaged or not', () => {
    const names = ['.dep-v0', '.text', '.rela.text', '.none'];
    const outcome = (read: () => unknown): unknown => {
      try {
        return read();
      } catch (error) {
        return String(error);
      }
    };
    const section = fc.record({ name: fc.constantFrom(...names, '.tex', '.dep-v0x'), content: fc.string() });
    const damage = fc.array(fc.tuple(fc.nat(5000), fc.nat(255)), { maxLength: 3 });
    fc.assert(
      fc.property(
        fc.constantFrom(...orders),
        fc.array(section, { maxLength: 12 }),
        damage,
        (order, sections, bytes) => {
          const file = buildElf(order, sections);
          for (const [at, byte] of bytes) file[at % file.length] = byte;
          const wanted = names.slice(0, 3);
          const by = (only?: readonly string[]): unknown =>
            outcome(
              () => readExecutable(memorySource(file), { section: named(...wanted), ...(only && { only }) })?.sections,
            );
          expect(by(wanted)).toEqual(by());
        },
      ),
    );
  });

  it.each(orders)('of $bits bits, big-endian $bigEndian, has notes, also without a table of sections', (order) => {
    const file = linux(order);
    const stripped = Buffer.from(file);
    stripped.fill(0, order.bits === 64 ? 40 : 32, order.bits === 64 ? 48 : 36);
    for (const one of [file, stripped]) {
      const parts = readExecutable(memorySource(one), { section: () => false, note: (owner) => owner === 'FDO' });
      expect(parts?.notes).toMatchObject([{ owner: 'FDO', type: 0xcafe1a7e, within: '', size: 12 }]);
      const { offset = 0, size = 0 } = parts?.notes[0] ?? {};
      expect(one.toString('latin1', offset, offset + size)).toBe('{"name":"x"}');
    }
  });

  it('that is this program has a text and an id, read without the rest of it', () => {
    const descriptor = openSync(process.execPath, 'r');
    let bytesRead = 0;
    const source: ByteSource = {
      size: fstatSync(descriptor).size,
      read(offset, length) {
        const bytes = Buffer.alloc(length);
        const count = readSync(descriptor, bytes, 0, length, offset);
        bytesRead += count;
        return bytes.subarray(0, count);
      },
    };
    const parts = readExecutable(source, {
      section: named('.text', '.bss'),
      note: (owner, type) => owner === 'GNU' && type === 3,
    });
    closeSync(descriptor);
    expect(parts?.sections.map(({ name }) => name)).toEqual(['.text']);
    expect(parts?.executables[0]?.bits).toBe(64);
    expect(bytesRead).toBeLessThan(source.size / 10);
  });
});

describe('a PE file', () => {
  it.each([32, 64] as const)('of %d bits has sections by name, without padding', (bits) => {
    const file = buildPe(bits, [
      { name: '.data', content: 'data' },
      { name: '.a-long-name', content: 'long' },
    ]);
    expect(fileMagic(file)).toBe('pe');
    expect(sectionsIn(file, '.data', '.a-long-name', '.text')).toEqual([
      ['', '.data', 'data'],
      ['', '.a-long-name', 'long'],
    ]);
    const parts = readExecutable(memorySource(file), { section: named('.data') });
    expect(parts?.sections[0]?.address).toBe(0x401000);
  });
});

describe('a Mach-O file', () => {
  const sections = [
    { name: '__DATA,__go_buildinfo', content: 'info' },
    { name: '__TEXT,__text', content: 'text' },
  ];

  it.each(orders)('of $bits bits, big-endian $bigEndian, has sections by segment and name', (order) => {
    const file = buildMachO(order, sections);
    expect(fileMagic(file)).toBe('mach-o');
    expect(sectionsIn(file, '__DATA,__go_buildinfo')).toEqual([['', '__DATA,__go_buildinfo', 'info']]);
  });

  it('of several architectures has those of each', () => {
    const [first, second] = [orders[2]!, orders[1]!].map((order) => buildMachO(order, sections));
    const file = buildFat([
      { processor: 0x0100000c, file: first! },
      { processor: 18, file: second! },
      { processor: 0x0100000c, file: first! },
    ]);
    expect(fileMagic(file)).toBe('mach-o');
    expect(sectionsIn(file, '__TEXT,__text')).toEqual([
      ['arm64', '__TEXT,__text', 'text'],
      ['ppc', '__TEXT,__text', 'text'],
      ['arm64-2', '__TEXT,__text', 'text'],
    ]);
  });
});

describe('other files', () => {
  it.each([
    ['a class of Java', Buffer.from('cafebabe00000034'.padEnd(128, '0'), 'hex')],
    ['a text', Buffer.from('MZ is how this text begins, and it goes on for more than sixty-four bytes of ASCII')],
    ['an empty file', Buffer.alloc(0)],
  ])('as %s are not executables', (_, file) => {
    expect(fileMagic(file)).toBeUndefined();
    expect(readExecutable(memorySource(file), { section: () => true })).toBeUndefined();
  });

  it.each<[string, Buffer, string]>([
    ['a table of sections beyond the end', changed(linux(orders[2]!), 40, [255, 255, 255]), 'beyond its end'],
    [
      'an absurd table of sections',
      Buffer.concat([changed(linux(orders[2]!), 58, [255, 255, 255, 255]), Buffer.alloc(70_000)]),
      'a table of it has',
    ],
    ['overlapping names of sections', overlappingSections(1, 'x'.repeat(5000)), 'names of sections of more than'],
    ['overlapping notes', overlappingSections(7, '\0'.repeat(2_000_000)), 'notes of more than 4194304 bytes'],
    ['too many sections', overlappingSections(1, 'x', 100_001), 'it has 100001 sections'],
    [
      'too many sections in all its architectures',
      overlappingArchitectures(
        buildMachO(
          orders[0]!,
          Array.from({ length: 30_000 }, () => ({ name: 'a,b', content: '' })),
        ),
      ),
      'more than 100000 sections',
    ],
    ['an unknown class', changed(linux(orders[2]!), 4, [9]), 'its header is damaged'],
    ['a table of commands that is cut off', buildMachO(orders[2]!, []).subarray(0, 60), 'beyond its end'],
  ])('executables with %s are rejected', (_, file, message) => {
    expect(() => readExecutable(memorySource(file), { section: () => true, note: () => true })).toThrow(message);
  });

  it.each<[string, Buffer]>([
    ...orders.map((order): [string, Buffer] => [`ELF ${JSON.stringify(order)}`, linux(order)]),
    ...orders.map((order): [string, Buffer] => [
      `Mach-O ${JSON.stringify(order)}`,
      buildMachO(order, [{ name: 'a,b', content: 'c' }]),
    ]),
    ['PE', buildPe(64, [{ name: '.a-long-name', content: 'long' }])],
    ['universal', buildFat([{ processor: 7, file: buildMachO(orders[0]!, [{ name: 'a,b', content: 'c' }]) }])],
  ])('throw nothing but errors of our own, whatever is changed in them: %s', (_, file) => {
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(file.length), (changes, cut) => {
        const copy = Buffer.from(file);
        for (const [at, byte] of changes) copy[at] = byte;
        const broken = cut % 2 === 0 ? copy : copy.subarray(0, cut);
        try {
          readExecutable(memorySource(broken), { section: () => true, note: () => true });
        } catch (error) {
          if (!(error instanceof ClarionError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** An ELF file with sections of this type that all have this content, and one character fewer each in their offset. */
function overlappingSections(type: number, content: string, count = 5000): Buffer {
  const file = Buffer.alloc(64 + count * 64);
  file.set(buildElf(orders[2]!, []).subarray(0, 64));
  file.writeBigUInt64LE(64n, 40);
  file.writeUInt16LE(0, 60);
  file.writeUInt16LE(1, 62);
  for (let n = 0; n < count; n += 1) {
    const at = 64 + n * 64;
    file.writeUInt32LE(type, at + 4);
    file.writeBigUInt64LE(BigInt(file.length + (type === 7 ? n : 0)), at + 24);
    file.writeBigUInt64LE(BigInt(n === 0 ? count : content.length - (type === 7 ? n : 0)), at + 32);
  }
  return Buffer.concat([file, Buffer.from(content)]);
}

/** A universal binary of which ten architectures are the same bytes. */
function overlappingArchitectures(file: Buffer): Buffer {
  const header = buildFat(Array.from({ length: 10 }, (_, processor) => ({ processor, file: Buffer.alloc(0) })));
  for (let n = 0; n < 10; n += 1) {
    header.writeUInt32BE(header.length, 16 + n * 20);
    header.writeUInt32BE(file.length, 20 + n * 20);
  }
  return Buffer.concat([header, file]);
}

function changed(file: Buffer, at: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(bytes, at);
  return copy;
}
