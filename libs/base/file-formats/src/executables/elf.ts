import type { ByteSource } from '@clarion/model';
import type {
  ExecutableNote,
  ExecutableParts,
  ExecutableSection,
  PartSelection,
  SymbolTexts,
} from './executable-parts';
import { corruptExecutable, FileFields, mostSections, mostTableBytes, readTable, tooMuch } from './file-fields';

const headerBytes = { 32: 52, 64: 64 } as const;
const noBits = 8;
const symbolTable = 2;
const noteSection = 7;
const noteSegment = 4;
/** Bytes of a name that are read. */
const longestName = 4096;
/** Index of sections that says that the real one is in the first section. */
const elsewhere = 0xffff;
/** Notes of one file, and bytes of all tables of them: a real file has a handful. */
const mostNotes = 1000;
const mostNoteBytes = 4 * 1024 * 1024;

/**
 * Sections and notes of an ELF file (System V ABI, chapters 4 and 5), 32 and 64 bits, both byte orders. Throws
 * `corrupt-data` and `limit-exceeded` for tables that are not in the file or absurdly large.
 */
export function readElf(source: ByteSource, select: PartSelection): ExecutableParts {
  let known = knownTables.get(source);
  if (known === undefined) {
    known = readTables(source);
    knownTables.set(source, known);
  }
  const { header, names } = known;
  const { bits, bigEndian } = header;
  const executables = [{ within: '', format: 'elf', bits, bigEndian, machine: header.u16(18) } as const];
  const { any } = select;
  if (any !== undefined && !any.some((name) => names?.includes(name) === true)) {
    return { executables, symbolTexts: [], sections: [], notes: [] };
  }
  const { note, only } = select;
  const named = only === undefined || note !== undefined ? undefined : sectionsNamed(known, only);
  if (named !== undefined) return { executables, symbolTexts: [], sections: named, notes: [] };
  known.sections ??= sectionsOf(known);
  const tables = known.sections;
  const sections = tables.filter(({ type, name }) => type !== noBits && select.section(name));
  const symbolTexts = textsOfSymbols(tables);
  if (note === undefined) return { executables, symbolTexts, sections, notes: [] };
  const areas = [...tables.filter(({ type }) => type === noteSection), ...noteSegments(source, header)];
  return { executables, symbolTexts, sections, notes: notesOf(source, { header, areas, note }) };
}

interface ElfTables extends SectionTable {
  readonly header: FileFields;
  sections?: readonly ElfSection[];
}

interface SectionTable {
  readonly count: number;
  readonly entryBytes: number;
  readonly table: FileFields | undefined;
  /** The names of sections. */
  readonly names: FileFields | undefined;
}

/** Several excerpts are taken out of one open file. */
const knownTables = new WeakMap<ByteSource, ElfTables>();

function readTables(source: ByteSource): ElfTables {
  const start = Buffer.from(source.read(0, headerBytes[64]));
  const bits = start[4] === 1 ? 32 : start[4] === 2 ? 64 : undefined;
  if (bits === undefined || (start[5] !== 1 && start[5] !== 2)) throw corruptExecutable('its header is damaged');
  const header = new FileFields(start.subarray(0, headerBytes[bits]), { bits, bigEndian: start[5] === 2 });
  if (start.length < headerBytes[bits]) throw corruptExecutable('it refers to bytes beyond its end');
  return { header, ...sectionTable(source, header) };
}

interface ElfSection extends ExecutableSection {
  readonly type: number;
  /** Of a table of symbols: the index of the section with their names. */
  readonly link: number;
  readonly align: number;
}

function sectionTable(source: ByteSource, header: FileFields): SectionTable {
  const wide = header.bits === 64;
  const at = header.word(wide ? 40 : 32);
  const entryBytes = header.u16(wide ? 58 : 46);
  if (at === 0) return { count: 0, entryBytes, table: undefined, names: undefined };
  if (entryBytes < (wide ? 64 : 40)) throw corruptExecutable('its table of sections is damaged');
  const stated = header.u16(wide ? 60 : 48);
  const named = header.u16(wide ? 62 : 50);
  const isElsewhere = stated === 0 || named === elsewhere;
  const first = isElsewhere ? new FileFields(readTable(source, at, entryBytes), header) : undefined;
  const count = stated || (first?.word(wide ? 32 : 20) ?? 0);
  if (count > mostSections) throw tooMuch(`${count} sections`);
  const table = new FileFields(readTable(source, at, count * entryBytes), header);
  const stringIndex = named === elsewhere ? (first?.u32(wide ? 40 : 24) ?? 0) : named;
  const isNamed = stringIndex !== 0 && stringIndex < count;
  const strings = isNamed ? table.part(stringIndex * entryBytes, entryBytes) : undefined;
  const names =
    strings && new FileFields(readTable(source, strings.word(wide ? 24 : 16), strings.word(wide ? 32 : 20)), header);
  return { count, entryBytes, table, names };
}

/** The names of so many sections cannot be longer together than is accepted. */
const mostFewSections = mostTableBytes / longestName;
/** Of one name in the table of names; linkers write each once. */
const mostPlaces = 8;

/**
 * The sections of these names that have bytes, found by where the table of names has them: without a look at the names
 * of all others. Undefined for a file with more sections or equal names than usual.
 */
function sectionsNamed(tables: ElfTables, only: readonly string[]): readonly ElfSection[] | undefined {
  const { count, entryBytes, table, names } = tables;
  if (table === undefined || names === undefined) return [];
  if (count > mostFewSections) return undefined;
  const places: number[] = [];
  for (const name of only) {
    const found = names.placesOf(name, mostPlaces);
    if (found === undefined) return undefined;
    places.push(...found);
  }
  if (places.length === 0) return [];
  const sections: ElfSection[] = [];
  for (let index = 0; index < count; index += 1) {
    if (!places.includes(table.u32(index * entryBytes))) continue;
    const section = sectionAt(tables, table, index);
    if (section.type !== noBits) sections.push(section);
  }
  return sections;
}

function sectionAt({ entryBytes, names, header }: ElfTables, table: FileFields, index: number): ElfSection {
  const wide = header.bits === 64;
  const entry = table.part(index * entryBytes, entryBytes);
  return {
    name: names?.text(entry.u32(0), longestName) ?? '',
    within: '',
    type: entry.u32(4),
    address: entry.word(wide ? 16 : 12),
    offset: entry.word(wide ? 24 : 16),
    size: entry.word(wide ? 32 : 20),
    link: entry.u32(wide ? 40 : 24),
    align: entry.word(wide ? 48 : 32),
  };
}

function sectionsOf(tables: ElfTables): readonly ElfSection[] {
  const { count, table } = tables;
  if (table === undefined) return [];
  const sections: ElfSection[] = [];
  let nameBytes = 0;
  for (let index = 0; index < count; index += 1) {
    const section = sectionAt(tables, table, index);
    // Names may overlap.
    nameBytes += section.name.length;
    if (nameBytes > mostTableBytes) throw tooMuch(`names of sections of more than ${mostTableBytes} bytes`);
    sections.push(section);
  }
  return sections;
}

/** Symbols for dynamic linking have another type: they are in stripped files too. */
function textsOfSymbols(sections: readonly ElfSection[]): readonly SymbolTexts[] {
  const table = sections.find(({ type, size }) => type === symbolTable && size > 0);
  const texts = table && sections[table.link];
  return texts === undefined ? [] : [{ within: '', offset: texts.offset, size: texts.size }];
}

type NoteArea = Pick<ElfSection, 'offset' | 'size' | 'align'>;

/** Segments have the notes of files without a table of sections. */
function noteSegments(source: ByteSource, header: FileFields): readonly NoteArea[] {
  const wide = header.bits === 64;
  const at = header.word(wide ? 32 : 28);
  const entryBytes = header.u16(wide ? 54 : 42);
  const count = header.u16(wide ? 56 : 44);
  if (at === 0 || count === 0) return [];
  if (entryBytes < (wide ? 56 : 32)) throw corruptExecutable('its table of segments is damaged');
  const table = new FileFields(readTable(source, at, count * entryBytes), header);
  return Array.from({ length: count }, (_, index) => table.part(index * entryBytes, entryBytes))
    .filter((entry) => entry.u32(0) === noteSegment)
    .map((entry) => ({
      offset: entry.word(wide ? 8 : 4),
      size: entry.word(wide ? 32 : 16),
      align: entry.word(wide ? 48 : 28),
    }));
}

interface NoteReading {
  readonly header: FileFields;
  readonly areas: readonly NoteArea[];
  readonly note: NonNullable<PartSelection['note']>;
}

function notesOf(source: ByteSource, { header, areas, note }: NoteReading): readonly ExecutableNote[] {
  const found = new Map<number, ExecutableNote>();
  const seen = new Set<number>();
  // A segment usually has the same notes as a section.
  const distinct = new Map(areas.map((area) => [`${area.offset} ${area.size}`, area]));
  let left = mostNoteBytes;
  for (const { offset, size, align } of distinct.values()) {
    if (size > left) throw tooMuch(`notes of more than ${mostNoteBytes} bytes`);
    left -= size;
    const bytes = new FileFields(readTable(source, offset, size), header);
    const unit = align === 8 ? 8 : 4;
    for (let at = 0; at + 12 <= bytes.length && seen.size < mostNotes;) {
      const ownerBytes = bytes.u32(at);
      const descriptionAt = at + 12 + padded(ownerBytes, unit === 8 ? 4 : unit);
      const start = unit === 8 ? padded(descriptionAt, 8) : descriptionAt;
      const length = bytes.u32(at + 4);
      if (start + length > bytes.length) break;
      const one = { owner: bytes.text(at + 12, ownerBytes), type: bytes.u32(at + 8), offset: offset + start };
      seen.add(one.offset);
      if (note(one.owner, one.type)) found.set(one.offset, { ...one, within: '', size: length });
      at = padded(start + length, unit);
    }
  }
  return [...found.values()];
}

function padded(length: number, unit: number): number {
  return Math.ceil(length / unit) * unit;
}
