import { ClarionError, type LayerEntry } from '@clarion/model';
import type { ArchiveBudget } from './budget';
import { decodeName } from './decode-name';
import type { EntryBody } from './entry-body';
import { type BodyAt, EntryContents, type EntryReaderParts, type EntryVisitor } from './entry-contents';
import { normalisePath, pathFault } from './normalise-path';
import { type PaxRecords, parseDecimal, parsePax } from './pax';
import type { ProblemList } from './problem-list';
import {
  type SparseFragment,
  type SparseFile,
  gnuRealSize,
  isGnuExtended,
  paxSparse,
  readGnuFragments,
} from './sparse';
import { type TarHeader, blockBytes, headerLink, headerName, isNullDevice, parseHeader } from './tar-header';

interface Block {
  readonly bytes: Buffer;
  readonly at: number;
  /** Offset in the tar where the block ends. */
  readonly end: number;
}

const types: Readonly<Record<string, LayerEntry['type']>> = {
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'other',
  '5': 'directory',
  '6': 'other',
  '7': 'file',
  '\0': 'file',
  D: 'directory',
  S: 'file',
};

/** Types that never have a body, whatever their size field says (the rule of Go's archive/tar). */
const headerOnly = new Set(['1', '2', '3', '4', '5', '6']);

/**
 * Data of extended headers for the entry after them. Of two of the same kind, the later one replaces the earlier one.
 */
interface Pending {
  pax?: PaxRecords;
  longName?: string | undefined;
  longLink?: string | undefined;
}

/** A header with all its data from extended headers. */
interface Described {
  readonly header: TarHeader;
  readonly type: LayerEntry['type'] | undefined;
  readonly name: string;
  readonly link: string;
  /** Bytes of the body. */
  readonly stored: number;
  readonly sparse: SparseFile | undefined;
}

/**
 * Turns headers into entries: joins each with the extended headers before it. Where tar readers disagree it follows Go's archive/tar, because container runtimes unpack layers with it;
 * what that rejects is an error here, or at least a problem.
 */
export class EntryReader {
  entries = 0;
  private headers = 0;
  private pending: Pending = {};
  private readonly contents: EntryContents;
  private readonly budget: ArchiveBudget;
  private readonly problems: ProblemList;

  constructor(visitor: EntryVisitor, parts: EntryReaderParts) {
    this.contents = new EntryContents(visitor, parts);
    this.budget = parts.budget;
    this.problems = parts.problems;
  }

  /** True between an extended header and the entry that it belongs to. */
  get expectsEntry(): boolean {
    const { pax, longName, longLink } = this.pending;
    return pax !== undefined || longName !== undefined || longLink !== undefined;
  }

  /** Reads the header in `block`, whose checksum is correct. */
  header(block: Block): EntryBody {
    this.headers += 1;
    if (this.headers > this.budget.limits.entries)
      throw this.exceeded(`more than ${this.budget.limits.entries} headers`);
    const header = parseHeader(block.bytes, block.at);
    const { size, fault } = header;
    if (size === undefined) throw this.corrupt('a header with an impossible size', block);
    if (fault !== undefined) this.noteFault(`A header's ${fault}`);
    switch (header.flag) {
      case 'x':
        return this.extension(size, (bytes) => {
          this.pending.pax = this.readPax(bytes, block);
        });
      case 'g':
        return this.extension(size, (bytes) => {
          this.noteGlobal(this.readPax(bytes, block));
          // Go's archive/tar treats it as an entry: pending extended headers apply to it.
          this.pending = {};
        });
      case 'L':
        return this.extension(size, (bytes) => {
          this.pending.longName = upToNul(bytes);
        });
      case 'K':
        return this.extension(size, (bytes) => {
          this.pending.longLink = upToNul(bytes);
        });
      default:
        return this.entry(this.describe(header, size, block), block);
    }
  }

  private extension(size: number, take: (bytes: Buffer) => void): EntryBody {
    const { headerBytes } = this.budget.limits;
    if (size > headerBytes) throw this.exceeded(`an extended header larger than ${headerBytes} bytes`);
    return {
      size,
      path: 'extended header',
      take(bytes) {
        take(bytes);
        return undefined;
      },
    };
  }

  private readPax(bytes: Buffer, block: Block): PaxRecords {
    const records = parsePax(bytes);
    if (records === undefined) throw this.corrupt('a malformed pax header', block);
    return records;
  }

  private noteFault(what: string): void {
    const message = `${what} is not a number; container runtimes refuse the archive`;
    this.problems.add({ code: 'bad-archive-entry', message });
  }

  /** Container runtimes skip global headers; one that would rename or resize all entries is reported. */
  private noteGlobal({ values }: PaxRecords): void {
    if (values.size === 0) return;
    const keys = [...values.keys()].join(', ');
    this.problems.add({ code: 'bad-archive-entry', message: `A global pax header that sets ${keys} is not applied` });
  }

  /** Joins a header with the pending extended headers. */
  private describe(header: TarHeader, headerSize: number, block: Block): Described {
    const { bytes, at } = block;
    const { pax, longName, longLink } = this.pending;
    this.pending = {};
    if (pax?.fault !== undefined) this.noteFault(`The ${pax.fault} of a pax header`);
    const ownName = longName ?? pax?.values.get('path') ?? headerName(bytes, at, header.format);
    const { flag } = header;
    // Before ustar had a type for directories, the last character of the name identified them.
    const type = flag === '\0' && ownName.endsWith('/') ? 'directory' : types[flag];
    const size = this.sizeOf(pax, headerSize, block);
    const isEmpty = headerOnly.has(flag) || (flag === '\0' && type === 'directory');
    const stored = isEmpty ? 0 : size;
    const sparse =
      flag === 'S' ? this.gnuSparse(header, block) : pax === undefined ? undefined : paxSparse(pax, stored);
    if (sparse === null || (sparse !== undefined && isEmpty)) throw this.corrupt('a malformed sparse header', block);
    const name = sparse?.name ?? ownName;
    const link = longLink ?? pax?.values.get('linkpath') ?? headerLink(bytes, at);
    return { header, type, name, link, stored, sparse };
  }

  private entry(described: Described, block: Block): EntryBody {
    this.entries += 1;
    const { header, name, stored, sparse } = described;
    const entry = this.entryOf(described, block);
    const at = { name, stored, sparse, offset: block.end };
    return header.flag === 'S' && sparse !== undefined
      ? this.gnuExtensions(entry, { ...at, sparse }, block)
      : this.contents.body(entry, at);
  }

  /** Undefined where there is nothing to report, or its name is not a path of the image. */
  private entryOf({ header, type, name, link, stored, sparse }: Described, block: Block): LayerEntry | undefined {
    const path = this.path(name);
    if (path === undefined) return undefined;
    if (path === '') {
      // The root itself always exists: its own entry adds nothing.
      const message = `An entry that is not a directory has the name of the root: ${JSON.stringify(name.slice(0, 100))}`;
      if (type !== 'directory') this.problems.add({ code: 'bad-archive-entry', message });
      return undefined;
    }
    if (type === undefined) {
      const message = `${path} is of the unknown type ${JSON.stringify(header.flag)}`;
      this.problems.add({ code: 'bad-archive-entry', path, message });
    }
    const entry: LayerEntry = {
      path,
      type: type ?? 'other',
      size: type === 'file' ? (sparse?.size ?? stored) : 0,
      mode: header.mode,
      link: type === 'symlink' ? link : '',
      nullDevice: type === 'character-device' && isNullDevice(block.bytes, block.at),
    };
    return this.withTarget(entry, link);
  }

  private sizeOf(pax: PaxRecords | undefined, headerSize: number, block: Block): number {
    const text = pax?.values.get('size');
    const size = text === undefined ? headerSize : parseDecimal(text);
    if (size === undefined) throw this.corrupt('a pax header with an impossible size', block);
    return size;
  }

  private gnuSparse({ format }: TarHeader, block: Block): SparseFile {
    const size = gnuRealSize(block.bytes, block.at);
    const fragments = readGnuFragments(block.bytes, block.at, true);
    // Other formats have other fields where GNU has the map.
    if (format !== 'gnu' || size === undefined || fragments === undefined)
      throw this.corrupt('a malformed sparse header', block);
    return { size, fragments };
  }

  private path(rawName: string): string | undefined {
    const { pathBytes } = this.budget.limits;
    const path = normalisePath(rawName, pathBytes);
    if (path !== undefined) return path;
    const shown = JSON.stringify(rawName.slice(0, 100));
    switch (pathFault(rawName, pathBytes)) {
      case 'long':
        this.problems.add({ code: 'limit-reached', message: `A path is longer than ${pathBytes} bytes: ${shown}…` });
        break;
      case 'nul':
        this.problems.add({ code: 'bad-archive-entry', message: `A path has a NUL: ${shown}` });
        break;
      case 'escapes':
        this.problems.add({ code: 'path-escapes-root', message: `A path leaves the root: ${shown}` });
    }
    return undefined;
  }

  /** An entry with an invalid target is only kept because it can hide other files. */
  private withTarget(entry: LayerEntry, rawLink: string): LayerEntry {
    if (entry.type !== 'hardlink' && entry.type !== 'symlink') return entry;
    const { pathBytes } = this.budget.limits;
    if (rawLink.length * 3 <= pathBytes || Buffer.byteLength(rawLink) <= pathBytes) {
      return entry.type === 'hardlink' ? this.hardlink(entry, rawLink) : entry;
    }
    const { path } = entry;
    const message = `The link ${path} has a target longer than ${pathBytes} bytes`;
    this.problems.add({ code: 'limit-reached', path, message });
    return { ...entry, type: 'other', link: '' };
  }

  private hardlink(entry: LayerEntry, rawLink: string): LayerEntry {
    const link = normalisePath(rawLink, this.budget.limits.pathBytes);
    if (link !== undefined && link !== '') return { ...entry, link };
    const { path } = entry;
    this.problems.add({
      code: 'path-escapes-root',
      path,
      message: `The hard link ${path} points to no file of the image`,
    });
    return { ...entry, type: 'other' };
  }

  /** Collects the extension blocks of an old GNU sparse header; the data begins after them. */
  private gnuExtensions(
    entry: LayerEntry | undefined,
    at: BodyAt & { readonly sparse: SparseFile },
    block: Block,
  ): EntryBody {
    const fragments: SparseFragment[] = [...(at.sparse.fragments ?? [])];
    const { headerBytes } = this.budget.limits;
    let read = 0;
    const body = (extended: boolean): EntryBody => {
      if (extended) return { size: blockBytes, path: at.name.slice(0, 100), take: extension };
      return this.contents.body(entry, {
        ...at,
        sparse: { size: at.sparse.size, fragments },
        offset: at.offset + read,
      });
    };
    const extension = (bytes: Buffer): EntryBody => {
      read += blockBytes;
      if (read > headerBytes) throw this.exceeded(`a sparse map larger than ${headerBytes} bytes`);
      const more = readGnuFragments(bytes, 0, false);
      if (more === undefined) throw this.corrupt('a malformed sparse header', block);
      for (const fragment of more) fragments.push(fragment);
      return body(isGnuExtended(bytes, 0, false));
    };
    return body(isGnuExtended(block.bytes, block.at, true));
  }

  private corrupt(what: string, block: Block): ClarionError {
    return new ClarionError('corrupt-data', `${this.budget.label}: ${what} at byte ${block.end - blockBytes}`);
  }

  private exceeded(what: string): ClarionError {
    return new ClarionError('limit-exceeded', `${this.budget.label}: ${what}`);
  }
}

/** A long name or link; an empty one is ignored. */
function upToNul(bytes: Buffer): string | undefined {
  const nul = bytes.indexOf(0);
  const text = decodeName(nul < 0 ? bytes : bytes.subarray(0, nul));
  return text === '' ? undefined : text;
}
