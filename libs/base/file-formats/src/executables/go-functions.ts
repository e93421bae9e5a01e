import { type ByteSource, ClarionError, type ExecutableFormat } from '@clarion/model';
import { readExactly, sourceSlice } from '../byte-source';
import { findPatterns } from '../pattern-matches';
import type { ExecutableSection } from './executable-parts';
import { corruptExecutable, FileFields } from './file-fields';
import type { FunctionLines } from './function-lines';
import { linesOfFunctions } from './go-function-names';
import { readExecutable } from './read-executable';

/** The functions of a Go program, and where the linker's table has their names. */
export interface GoFunctions {
  readonly lines: FunctionLines;
  /** In the file. */
  readonly offset: number;
  readonly size: number;
}

/** Where the linker puts the table of functions. In a PE file it is somewhere in the constants. */
const sectionNames = new Set([
  '.gopclntab',
  '.data.rel.ro.gopclntab',
  '__TEXT,__gopclntab',
  '__DATA_CONST,__gopclntab',
  '__DATA,__gopclntab',
]);
const constantsOfPe = '.rdata';
/** The first number of the table since Go 1.18 and 1.20. */
const magics = [0xfffffff0, 0xfffffff1];
/**
 * Symbol of the tables about inlined functions, by which other tools recognise a program that is not stripped: before
 * and since Go 1.20, and in Mach-O files.
 */
const markers = ['go.func.*', 'go:func.*', '_go.func.*', '_go:func.*'].map((name) =>
  Buffer.from(`\0${name}\0`, 'latin1'),
);
/** Every program has it; what is linked to a shared library of Go, or obfuscated, lacks it. */
const everywhere = { package: 'runtime', symbol: 'main' };
/** Words of the header after its first eight bytes: the offset of the names is the fourth, that of their end the fifth. */
const namesWord = 3;
const headerWords = 8;
const mostTextBytes = 256 * 1024 * 1024;
const mostNameBytes = 64 * 1024 * 1024;
const mostConstantBytes = 256 * 1024 * 1024;

/**
 * The functions that are linked into a Go program, inlined ones included: the linker names both in the table that the
 * program itself needs for stack traces. Undefined where nothing can be concluded from a missing name: a stripped
 * program, as everywhere in Go's own tools, one of before Go 1.18, or a table of an unknown form. Throws `corrupt-data`
 * and `limit-exceeded` for a table that cannot be read.
 */
export function readGoFunctions(
  source: ByteSource,
  executable: ExecutableFormat,
  check?: () => void,
): GoFunctions | undefined {
  const isPe = executable.format === 'pe';
  const parts = readExecutable(source, {
    section: (name) => sectionNames.has(name) || (isPe && name === constantsOfPe),
  });
  const isHere = ({ within }: { readonly within: string }): boolean => within === executable.within;
  const texts = parts?.symbolTexts.find(isHere);
  const section = parts?.sections.find(isHere);
  if (texts === undefined || section === undefined || !namesMarker(source, texts, check)) return undefined;
  const table = isPe ? tableInConstants(source, section, check) : section;
  const place = table && placeOfNames(source, table, executable);
  if (place === undefined) return undefined;
  const read = (at: number, length: number): Buffer => readExactly(source, place.offset + at, length);
  const lines = linesOfFunctions(read, place.size, check);
  return lines.has(everywhere.package, everywhere.symbol) ? { lines, ...place } : undefined;
}

function namesMarker(
  source: ByteSource,
  { offset, size }: Pick<ExecutableSection, 'offset' | 'size'>,
  check: (() => void) | undefined,
): boolean {
  if (size > mostTextBytes) throw new ClarionError('limit-exceeded', `the names of its symbols have ${size} bytes`);
  const search = { patterns: markers, before: 0, after: 0, maxMatches: 1, ...(check && { check }) };
  return findPatterns(sourceSlice(source, offset, size), search).matches.length > 0;
}

/** Magic, two zeros, bytes of the shortest instruction (of x86, of ARM), bytes of an address. */
const headersOfPe = magics.flatMap((magic) =>
  [1, 4].flatMap((quantum) =>
    [4, 8].map((addressBytes) => {
      const header = Buffer.from([0, 0, 0, 0, 0, 0, quantum, addressBytes]);
      header.writeUInt32LE(magic);
      return header;
    }),
  ),
);

/** PE files have no section of its own for the table: its header is at a multiple of 16 bytes. */
function tableInConstants(
  source: ByteSource,
  { offset, size, ...section }: ExecutableSection,
  check: (() => void) | undefined,
): ExecutableSection | undefined {
  if (size > mostConstantBytes) throw new ClarionError('limit-exceeded', `its constants have ${size} bytes`);
  const { matches } = findPatterns(sourceSlice(source, offset, size), {
    patterns: headersOfPe,
    before: 0,
    after: 0,
    maxMatches: 16,
    ...(check && { check }),
  });
  const found = matches.find(({ offset: at }) => at % 16 === 0);
  return found && { ...section, offset: offset + found.offset, size: size - found.offset };
}

/** Undefined for a table of another form. */
function placeOfNames(
  source: ByteSource,
  table: ExecutableSection,
  { bigEndian }: ExecutableFormat,
): Pick<GoFunctions, 'offset' | 'size'> | undefined {
  if (table.size < 8 + headerWords * 4) return undefined;
  const start = Buffer.from(readExactly(source, table.offset, 8));
  const magic = bigEndian ? start.readUInt32BE(0) : start.readUInt32LE(0);
  const [quantum, addressBytes] = start.subarray(6);
  if (!magics.includes(magic) || (quantum !== 1 && quantum !== 2 && quantum !== 4)) return undefined;
  if (addressBytes !== 4 && addressBytes !== 8) return undefined;
  const words = new FileFields(Buffer.from(readExactly(source, table.offset + 8, headerWords * addressBytes)), {
    bits: addressBytes === 8 ? 64 : 32,
    bigEndian,
  });
  const [first, end] = [words.word(namesWord * addressBytes), words.word((namesWord + 1) * addressBytes)];
  if (first >= end || end > table.size) throw corruptExecutable('its table of functions is damaged');
  if (end - first > mostNameBytes) {
    throw new ClarionError('limit-exceeded', `the names of its functions have ${end - first} bytes`);
  }
  return { offset: table.offset + first, size: end - first };
}
