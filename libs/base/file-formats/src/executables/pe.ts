import type { ByteSource } from '@clarion/model';
import { readExactly } from '../byte-source';
import type { ExecutableParts, PartSelection, SymbolTexts } from './executable-parts';
import { corruptExecutable, FileFields, readTable } from './file-fields';

const signature = 0x00004550;
const headerBytes = 24;
const sectionBytes = 40;
const symbolBytes = 18;
const magics = new Map<number, 32 | 64>([
  [0x10b, 32],
  [0x20b, 64],
]);

/** Sections of a PE file (Windows). Throws `corrupt-data` for tables that are not in the file. */
export function readPe(source: ByteSource, select: PartSelection): ExecutableParts {
  const order = { bits: 32, bigEndian: false } as const;
  const at = readExactly(source, 0x3c, 4).readUInt32LE(0);
  const header = new FileFields(readTable(source, at, headerBytes), order);
  if (header.u32(0) !== signature) throw corruptExecutable('it has no PE header');
  const optionalBytes = header.u16(20);
  const optional = new FileFields(readTable(source, at + headerBytes, optionalBytes), order);
  const bits = optionalBytes < 2 ? undefined : magics.get(optional.u16(0));
  if (bits === undefined) throw corruptExecutable('its PE header is damaged');
  const base = bits === 64 ? optional.u64(24) : optional.u32(28);
  const count = header.u16(6);
  const table = new FileFields(readTable(source, at + headerBytes + optionalBytes, count * sectionBytes), order);
  const names = header.u32(12) === 0 ? undefined : header.u32(12) + header.u32(16) * symbolBytes;
  const sections = Array.from({ length: count }, (_, index) => {
    const entry = table.part(index * sectionBytes, sectionBytes);
    const [virtualSize, storedSize] = [entry.u32(8), entry.u32(16)];
    return {
      name: longName(source, entry.text(0, 8), names),
      within: '',
      // The file has whole pages of it.
      size: virtualSize === 0 ? storedSize : Math.min(virtualSize, storedSize),
      offset: entry.u32(20),
      address: base + entry.u32(12),
    };
  });
  const machine = header.u16(4);
  return {
    executables: [{ within: '', format: 'pe', bits, bigEndian: false, machine }],
    symbolTexts: header.u32(16) === 0 || names === undefined ? [] : textsAt(source, names),
    sections: sections.filter(({ name }) => select.section(name)),
    notes: [],
  };
}

/** The table of strings begins with its size. */
function textsAt(source: ByteSource, offset: number): readonly SymbolTexts[] {
  const size = Buffer.from(source.read(offset, 4));
  return size.length < 4 ? [] : [{ within: '', offset, size: size.readUInt32LE(0) }];
}

const longestName = 256;

/** A name of more than 8 characters is `/` and its offset in the table of strings, which MinGW and Go write. */
function longName(source: ByteSource, name: string, table: number | undefined): string {
  if (table === undefined || !/^\/\d{1,7}$/.test(name)) return name;
  const bytes = Buffer.from(source.read(table + Number(name.slice(1)), longestName));
  const nul = bytes.indexOf(0);
  return nul <= 0 ? name : bytes.toString('latin1', 0, nul);
}
