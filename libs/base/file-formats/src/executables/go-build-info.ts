import { type ByteSource, ClarionError, type ExecutableFormat } from '@clarion/model';
import { readExactly } from '../byte-source';
import type { ExecutableSection } from './executable-parts';
import { corruptExecutable } from './file-fields';
import { readExecutable } from './read-executable';

/** A text that Go's linker wrote into an executable. */
interface GoText {
  /** In the file. */
  readonly offset: number;
  readonly size: number;
}

/** What Go's linker wrote about a build. */
export interface GoBuildInfo {
  readonly executable: ExecutableFormat;
  /** The version of Go: `go1.22.1`. */
  readonly version: GoText;
  /** Lines about the modules of the program; of size 0 where it was built without modules. */
  readonly modules: GoText;
}

const magic = Buffer.from('\xff Go buildinf:', 'latin1');
const headerBytes = 32;
const inlineFlag = 2;
const bigEndianFlag = 1;
/** Where the linker puts it; in a PE file at the start of the data. */
const sectionNames = new Set(['.go.buildinfo', '__DATA,__go_buildinfo', '__DATA_CONST,__go_buildinfo']);
const anySection = [...sectionNames];
const dataOfPe = '.data';
/** The linker puts it first; other data may come before it where another linker was used. */
const searchedBytes = 1024 * 1024;
const longestVersion = 4096;
const mostModuleBytes = 4 * 1024 * 1024;
/** The lines of modules are between two marks of so many bytes. */
const markBytes = 16;

/**
 * The build information of a Go program or library (ELF, PE, Mach-O), one for each architecture of a universal binary.
 * Since Go 1.18 the texts are in it; before, pointers to them. Undefined if the file has none, and is thus not of Go.
 * Throws `corrupt-data` and `limit-exceeded` where it has one that cannot be read.
 */
export function readGoBuildInfo(source: ByteSource): readonly GoBuildInfo[] | undefined {
  const parts = readExecutable(source, { any: anySection, section: () => true });
  const found = (parts?.executables ?? []).flatMap((executable) => {
    const sections = parts?.sections.filter(({ within }) => within === executable.within) ?? [];
    const info = findInfo(source, executable, sections);
    return info === undefined ? [] : [info];
  });
  return found.length === 0 ? undefined : found;
}

function findInfo(
  source: ByteSource,
  executable: ExecutableFormat,
  sections: readonly ExecutableSection[],
): GoBuildInfo | undefined {
  const isPe = executable.format === 'pe';
  const section = sections.find(({ name }) => sectionNames.has(name) || (isPe && name === dataOfPe));
  if (section === undefined) return undefined;
  const bytes = Buffer.from(source.read(section.offset, Math.min(section.size, searchedBytes)));
  let at = bytes.indexOf(magic);
  while (at >= 0) {
    const [addressBytes, flags = 0] = bytes.subarray(at + magic.length, at + magic.length + 2);
    const isHeader = at + headerBytes <= bytes.length && flags <= (inlineFlag | bigEndianFlag);
    if (isHeader && (flags & inlineFlag) !== 0) return inlineInfo(source, executable, section.offset + at);
    if (isHeader && (addressBytes === 4 || addressBytes === 8)) {
      const memory = new GoMemory(source, sections, { addressBytes, bigEndian: (flags & bigEndianFlag) !== 0 });
      return pointedInfo(memory, executable, section.offset + at);
    }
    at = bytes.indexOf(magic, at + 1);
  }
  return undefined;
}

function inlineInfo(source: ByteSource, executable: ExecutableFormat, at: number): GoBuildInfo | undefined {
  const version = inlineText(source, at + headerBytes, longestVersion);
  const modules = inlineText(source, version.offset + version.size, mostModuleBytes);
  return infoOf(source, { executable, version, modules });
}

/** A text after its length in groups of seven bits, the lowest first. */
function inlineText(source: ByteSource, at: number, most: number): GoText {
  let size = 0;
  const bytes = source.read(at, 8);
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    size += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return checkedText(source, { offset: at + index + 1, size }, most);
  }
  throw corruptExecutable('the length of a text of its build information is damaged');
}

function pointedInfo(memory: GoMemory, executable: ExecutableFormat, at: number): GoBuildInfo | undefined {
  const first = at + 16;
  const version = memory.text(first, longestVersion);
  const second = first + memory.addressBytes;
  // Memory that is zero at the start has no bytes in the file, and the empty text of a build without modules is there.
  const modules = memory.pointsIntoFile(second) ? memory.text(second, mostModuleBytes) : undefined;
  return version === undefined
    ? undefined
    : infoOf(memory.source, { executable, version, modules: modules ?? { offset: at, size: 0 } });
}

function infoOf(source: ByteSource, info: GoBuildInfo): GoBuildInfo | undefined {
  const { version, modules } = info;
  if (version.size === 0) return undefined;
  const { offset, size } = modules;
  const isMarked = size > 2 * markBytes && readExactly(source, offset + size - markBytes - 1, 1)[0] === 0x0a;
  const lines = isMarked ? { offset: offset + markBytes, size: size - 2 * markBytes } : { offset, size: 0 };
  return { ...info, modules: lines };
}

function checkedText(source: ByteSource, text: GoText, most: number): GoText {
  const { offset, size } = text;
  if (size > most) throw new ClarionError('limit-exceeded', `a text of its build information has ${size} bytes`);
  if (offset + size > source.size) throw corruptExecutable('a text of its build information is cut off');
  return text;
}

/** The memory of a program, of which sections of its file are the initial state. */
class GoMemory {
  readonly source: ByteSource;
  readonly addressBytes: 4 | 8;
  private readonly sections: readonly ExecutableSection[];
  private readonly bigEndian: boolean;

  constructor(
    source: ByteSource,
    sections: readonly ExecutableSection[],
    order: { readonly addressBytes: 4 | 8; readonly bigEndian: boolean },
  ) {
    this.source = source;
    this.sections = sections;
    this.addressBytes = order.addressBytes;
    this.bigEndian = order.bigEndian;
  }

  /** The text whose address and length are where the number at `at` of the file points; undefined for no address. */
  text(at: number, most: number): GoText | undefined {
    const header = this.number(at);
    if (header === 0) return undefined;
    const headerAt = this.offsetOf(header);
    const [address, size] = [this.number(headerAt), this.number(headerAt + this.addressBytes)];
    if (size === 0) return undefined;
    return checkedText(this.source, { offset: this.offsetOf(address), size }, most);
  }

  /** Whether the memory that the number at `at` of the file points to is in the file. */
  pointsIntoFile(at: number): boolean {
    return this.sectionOf(this.number(at)) !== undefined;
  }

  private number(at: number): number {
    const bytes = readExactly(this.source, at, this.addressBytes);
    if (this.addressBytes === 4) return this.bigEndian ? bytes.readUInt32BE(0) : bytes.readUInt32LE(0);
    return Number(this.bigEndian ? bytes.readBigUInt64BE(0) : bytes.readBigUInt64LE(0));
  }

  private offsetOf(address: number): number {
    const section = this.sectionOf(address);
    if (section === undefined) throw corruptExecutable('its build information points to nothing in the file');
    return section.offset + (address - section.address);
  }

  private sectionOf(address: number): ExecutableSection | undefined {
    return this.sections.find((one) => one.address > 0 && isIn(one, address));
  }
}

function isIn({ address: start, size }: ExecutableSection, address: number): boolean {
  return address >= start && address < start + size;
}
