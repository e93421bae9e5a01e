import { buildElf, buildFat, buildMachO, buildPe, elfNote } from '@clarion/test-kit';
import { deflateSync } from 'node:zlib';
import type { ExpectedOfFile } from '../expected-of-file';
import type { HostileFile } from '../hostile-file';
import { changed } from './changed';

const problem: ExpectedOfFile = { problem: 'file' };
const found = (...packages: readonly string[]): ExpectedOfFile => ({ packages });
const order = { bits: 64, bigEndian: false } as const;
const narrow = { bits: 32, bigEndian: true } as const;

/** A text after its length, as Go writes it. */
function inline(text: string): string {
  const length: number[] = [];
  for (let left = text.length; ; left = Math.floor(left / 128)) {
    length.push((left % 128) + (left > 127 ? 128 : 0));
    if (left <= 127) return Buffer.from(length).toString('latin1') + text;
  }
}

const mark = 'x'.repeat(16);
const start = `\xff Go buildinf:\x08\x02${'\0'.repeat(16)}`;
const modules = (lines: string): string => inline(`${mark}${lines}\n${mark}`);
const lines = 'path\tshop\nmod\tshop\t(devel)\t\ndep\texample.org/a\tv1.0.0\th1:x=';
const info = `${start}${inline('go1.22.1')}${modules(lines)}`;
const goElf = (content = info): Buffer => buildElf(order, [{ name: '.go.buildinfo', content }]);
const goFound = found('example.org/a', 'stdlib');

const crates = (json: string): string => deflateSync(json).toString('latin1');
const rustElf = (content: string): Buffer => buildElf(order, [{ name: '.dep-v0', content }]);
const list = crates('{"packages":[{"name":"a","version":"1.0.0"}]}');

const u16 = (value: number): readonly number[] => [value & 0xff, value >> 8];
const u32 = (value: number): readonly number[] => [...Buffer.from(Uint32Array.of(value).buffer)];
const endless = [0, 0, 0, 0, 0, 0, 0, 0x10];
const elf = goElf();
const tableAt = Number(elf.readBigUInt64LE(40));
/** Bytes of the header that say where tables are and what size their entries have. */
const at = { sections: 40, segments: 32, segmentSize: 54, segmentCount: 56, size: 58, count: 60, names: 62 };

/** An ELF file whose table has `count` equal sections; the first entry has their number. */
function manySections(count: number, { type, name, size }: { type: number; name: string; size: number }): Buffer {
  const [header, names, entry] = [Buffer.from(elf.subarray(0, 64)), Buffer.from(name), Buffer.alloc(64)];
  header.writeBigUInt64LE(64n, at.sections);
  header.set([...u16(64), 0, 0, ...u16(1)], at.size);
  entry.writeUInt32LE(type, 4);
  entry.writeBigUInt64LE(BigInt(64 + count * 64), 24);
  entry.writeBigUInt64LE(BigInt(size), 32);
  const table = Buffer.alloc(count * 64);
  for (let n = 1; n < count; n++) table.set(entry, n * 64);
  table.writeBigUInt64LE(BigInt(count), 32);
  table.set(changed(entry, 32, u32(names.length)), 64);
  return Buffer.concat([header, table, names, Buffer.alloc(Math.max(0, size - names.length))]);
}

const someNotes = elfNote(order, { owner: 'FDO', type: 0xcafe1a7e, content: '{"name":"a"}' }).repeat(900);

const elfFiles: readonly Case[] = [
  ['16 bytes', () => elf.subarray(0, 16), {}],
  ['a header alone', () => elf.subarray(0, 64), problem],
  ['an unknown class', () => changed(elf, 4, [9]), problem],
  ['an unknown byte order', () => changed(elf, 5, [9]), problem],
  ['sections behind the end', () => changed(elf, at.sections, endless), problem],
  ['sections of one byte', () => changed(elf, at.size, u16(1)), problem],
  ['65,535 sections', () => changed(elf, at.count, u16(0xffff)), problem],
  ['200,000 sections', () => manySections(200_000, { type: 1, name: '.a', size: 1 }), problem],
  ['2^60 sections', () => changed(changed(elf, at.count, u16(0)), tableAt + 32, endless), problem],
  ['names behind the end', () => changed(elf, tableAt + 64 * 2 + 24, endless), problem],
  ['names without end', () => changed(elf, tableAt + 64 * 2 + 32, endless), problem],
  ['segments behind the end', () => changed(elf, at.segments, endless), goFound],
  ['65,535 segments', () => changed(elf, at.segmentCount, u16(0xffff)), goFound],
  ['a section without end', () => changed(elf, tableAt + 64 + 32, endless), goFound],
  ['a section behind the end', () => changed(elf, tableAt + 64 + 24, endless), {}],
  [
    '90,000 long names at one place',
    () => manySections(90_000, { type: 1, name: 'x'.repeat(5000), size: 5000 }),
    problem,
  ],
  [
    '90,000 sections of notes at one place',
    () => manySections(90_000, { type: 7, name: someNotes, size: 1_000_000 }),
    {},
  ],
  ['90,000 lists of crates at one place', () => manySections(90_000, { type: 1, name: '.dep-v0', size: 100 }), problem],
];

const manyArchitectures = (file: Buffer): Buffer => {
  const header = buildFat(Array.from({ length: 44 }, (_, n) => ({ processor: n + 100, file: Buffer.alloc(0) })));
  for (let n = 0; n < 44; n++) {
    header.writeUInt32BE(header.length, 8 + n * 20 + 8);
    header.writeUInt32BE(file.length, 8 + n * 20 + 12);
  }
  return Buffer.concat([header, file]);
};
const machO = buildMachO(order, [{ name: '__DATA,__go_buildinfo', content: info }]);
const manyMachOSections = (count: number): Buffer =>
  buildMachO(
    order,
    Array.from({ length: count }, () => ({ name: 'a,b', content: '' })),
  );
const fat = buildFat([{ processor: 7, file: machO }]);
const pe = buildPe(64, [{ name: '.data', content: info }]);

const otherFormats: readonly Case[] = [
  ['PE with its header behind the end', () => changed(pe, 0x3c, u32(0x7fffffff)), {}],
  ['PE with an empty header', () => changed(pe, 64 + 20, u16(0)), problem],
  ['PE with 65,535 sections', () => changed(pe, 64 + 6, u16(0xffff)), problem],
  ['PE with names behind the end', () => changed(pe, 64 + 12, u32(0xfffffff0)), goFound],
  ['Mach-O with 2^32 commands', () => changed(machO, 16, u32(0xffffffff)), goFound],
  ['Mach-O with commands of 4 GiB', () => changed(machO, 20, u32(0xffffffff)), problem],
  ['Mach-O with a command of no size', () => changed(machO, 32 + 4, u32(0)), problem],
  ['Mach-O with a command of 4 GiB', () => changed(machO, 32 + 4, u32(0xfffffff0)), problem],
  ['Mach-O with 2^32 sections', () => changed(machO, 32 + 64, u32(0xffffffff)), problem],
  ['Mach-O with 90,000 sections', () => manyMachOSections(90_000), {}],
  ['universal, 44 times one of 90,000 sections', () => manyArchitectures(manyMachOSections(90_000)), problem],
  ['universal, 44 times one program', () => manyArchitectures(machO), goFound],
  ['universal with an architecture behind the end', () => changed(fat, 16, [0x7f, 0xff, 0xff, 0xff]), problem],
  ['universal that contains itself', () => changed(fat, 16, [0, 0, 0, 0]), problem],
  ['universal with 45 architectures', () => changed(fat, 4, [0, 0, 0, 45]), {}],
];

const buildInformation: readonly Case[] = [
  ['without end', () => goElf(`${start}${'\xff'.repeat(20)}`), problem],
  ['of a version of 1 GiB', () => goElf(`${start}\xff\xff\xff\xff\x03go`), problem],
  ['that is cut off', () => goElf(`${start}\x7fgo1`), problem],
  ['behind 5,000 false ones', () => goElf(`\xff Go buildinf:${'\xff'.repeat(18)}`.repeat(5000) + info), goFound],
  [
    'of 2 MB of lines',
    () => goElf(`${start}${inline('go1.22.1')}${modules(`${lines}\n${'dep\ta\n'.repeat(300_000)}`)}`),
    { ...found('stdlib'), ...problem },
  ],
  [
    'of 100,000 modules',
    () => goElf(`${start}${inline('go1.22.1')}${modules(manyModules(100_000))}`),
    { problem: 'layer' },
  ],
  ['that points to nothing', () => goElf(`\xff Go buildinf:\x08\0${'\x01'.repeat(16)}`), problem],
  ['that points to itself', () => goElf(`\xff Go buildinf:\x08\0${'\0\x10\0\0\0\0\0\0'.repeat(2)}`), problem],
  [
    'of a 32-bit program of the other byte order',
    () => buildElf(narrow, [{ name: '.go.buildinfo', content: info }]),
    goFound,
  ],
];

const manyModules = (count: number): string =>
  Array.from({ length: count }, (_, n) => `dep\te.org/${n.toString(36)}\tv1.0.0\t`).join('\n');

const listsOfCrates: readonly Case[] = [
  ['that is a list', () => rustElf(list), found('a')],
  ['that is a bomb', () => rustElf(deflateSync(Buffer.alloc(256 * 1024 * 1024)).toString('latin1')), problem],
  ['that is not compressed', () => rustElf('{"packages":[]}'), problem],
  ['that is cut off', () => rustElf(list.slice(0, -10)), problem],
  ['a million brackets deep', () => rustElf(crates('['.repeat(1_000_000))), problem],
  ['of a million numbers', () => rustElf(crates(`{"packages":[${'1,'.repeat(1_000_000)}1]}`)), problem],
  ['of 5 MB', () => rustElf(`${list}${'x'.repeat(5_000_000)}`), found('a')],
];

type Case = readonly [name: string, content: () => Uint8Array, expected: ExpectedOfFile];

const families: Readonly<Record<string, readonly Case[]>> = {
  'ELF file': elfFiles,
  'other executable': otherFormats,
  'build information': buildInformation,
  'list of crates': listsOfCrates,
};

/** Programs. */
export const executableFiles: readonly HostileFile[] = Object.entries(families).flatMap(([family, cases]) =>
  cases.map(([name, content, expected]) => ({ name: `${family}/${name}`, path: 'opt/app/program', content, expected })),
);
