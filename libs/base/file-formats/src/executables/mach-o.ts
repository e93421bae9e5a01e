import type { ByteSource, ExecutableFormat } from '@clarion/model';
import { readExactly, sourceSlice } from '../byte-source';
import type { ExecutableParts, ExecutableSection, PartSelection, SymbolTexts } from './executable-parts';
import { corruptExecutable, FileFields, mostSections, readTable, tooMuch } from './file-fields';

/** First four bytes, read as big-endian. */
const thin = new Map<number, { readonly bits: 32 | 64; readonly bigEndian: boolean }>([
  [0xfeedface, { bits: 32, bigEndian: true }],
  [0xfeedfacf, { bits: 64, bigEndian: true }],
  [0xcefaedfe, { bits: 32, bigEndian: false }],
  [0xcffaedfe, { bits: 64, bigEndian: false }],
]);
const fat = 0xcafebabe;
const fat64 = 0xcafebabf;
/** A Java class file begins like a universal binary, and has its version (45 and more) where that has this number. */
export const mostArchitectures = 44;

const segmentCommand = { 32: 0x1, 64: 0x19 } as const;
const symbolCommand = 0x2;
/** Types of sections that have no bytes in the file. */
const zeroFilled = new Set([0x1, 0xc, 0x12]);

/**
 * Sections of a Mach-O file (macOS), 32 and 64 bits, both byte orders, and of each architecture of a universal binary.
 * Throws `corrupt-data` and `limit-exceeded` for tables that are not in the file or absurdly large.
 */
export function readMachO(source: ByteSource, select: PartSelection): ExecutableParts {
  const magic = readExactly(source, 0, 4).readUInt32BE(0);
  const count = { sections: 0 };
  if (magic !== fat && magic !== fat64) return readThin(source, select, { within: '', count });
  const executables: ExecutableFormat[] = [];
  const symbolTexts: SymbolTexts[] = [];
  const sections: ExecutableSection[] = [];
  for (const { offset, size, name } of architectures(source, magic === fat64)) {
    const one = readThin(sourceSlice(source, offset, size), select, { within: name, count });
    executables.push(...one.executables);
    for (const texts of one.symbolTexts) symbolTexts.push({ ...texts, offset: texts.offset + offset });
    for (const section of one.sections) sections.push({ ...section, offset: section.offset + offset });
  }
  return { executables, symbolTexts, sections, notes: [] };
}

interface Architecture {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

function* architectures(source: ByteSource, wide: boolean): Generator<Architecture> {
  const order = { bits: wide ? 64 : 32, bigEndian: true } as const;
  const count = readExactly(source, 4, 4).readUInt32BE(0);
  if (count > mostArchitectures) throw corruptExecutable(`it names ${count} architectures`);
  const entryBytes = wide ? 32 : 20;
  const table = new FileFields(readTable(source, 8, count * entryBytes), order);
  const names = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const entry = table.part(index * entryBytes, entryBytes);
    const processor = processors.get(entry.u32(0)) ?? `cpu-${entry.u32(0)}`;
    const times = (names.get(processor) ?? 0) + 1;
    names.set(processor, times);
    // Variants of one processor (arm64 and arm64e) are numbered.
    const name = times === 1 ? processor : `${processor}-${times}`;
    yield { name, offset: entry.word(8), size: entry.word(wide ? 16 : 12) };
  }
}

const processors = new Map([
  [7, 'i386'],
  [0x01000007, 'x86_64'],
  [12, 'arm'],
  [0x0100000c, 'arm64'],
  [18, 'ppc'],
  [0x01000012, 'ppc64'],
]);

interface ThinOptions {
  readonly within: string;
  /** Counts the sections of all architectures. */
  readonly count: { sections: number };
}

function readThin(source: ByteSource, select: PartSelection, { within, count }: ThinOptions): ExecutableParts {
  const order = thin.get(readExactly(source, 0, 4).readUInt32BE(0));
  if (order === undefined) throw corruptExecutable('it has no Mach-O header');
  const wide = order.bits === 64;
  const headerBytes = wide ? 32 : 28;
  const header = new FileFields(readTable(source, 0, headerBytes), order);
  const commands = new FileFields(readTable(source, headerBytes, header.u32(20)), order);
  const symbolTexts: SymbolTexts[] = [];
  const sections: ExecutableSection[] = [];
  let at = 0;
  for (let left = header.u32(16); left > 0 && at + 8 <= commands.length; left -= 1) {
    const length = commands.u32(at + 4);
    if (length < 8) throw corruptExecutable('its table of commands is damaged');
    if (commands.u32(at) === segmentCommand[order.bits]) {
      for (const section of sectionsOf(commands.part(at, length), within)) {
        count.sections += 1;
        if (count.sections > mostSections) throw tooMuch(`more than ${mostSections} sections`);
        if (select.section(section.name)) sections.push(section);
      }
    } else if (commands.u32(at) === symbolCommand) {
      const command = commands.part(at, length);
      const [symbols, offset, size] = [command.u32(12), command.u32(16), command.u32(20)];
      if (symbols > 0) symbolTexts.push({ within, offset, size });
    }
    at += length;
  }
  const machine = header.u32(4);
  return { executables: [{ within, format: 'mach-o', ...order, machine }], symbolTexts, sections, notes: [] };
}

function* sectionsOf(segment: FileFields, within: string): Generator<ExecutableSection> {
  const wide = segment.bits === 64;
  const [first, entryBytes] = wide ? [72, 80] : [56, 68];
  const count = segment.u32(wide ? 64 : 48);
  for (let index = 0; index < count; index += 1) {
    const entry = segment.part(first + index * entryBytes, entryBytes);
    const flags = entry.u32(wide ? 64 : 56);
    const size = zeroFilled.has(flags & 0xff) ? 0 : entry.word(wide ? 40 : 36);
    yield {
      name: `${entry.text(16, 16)},${entry.text(0, 16)}`,
      within,
      address: entry.word(32),
      offset: entry.u32(wide ? 48 : 40),
      size,
    };
  }
}
