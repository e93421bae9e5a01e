import { ClarionError, headBytes, type LayerEntry, type LayerVisitor } from '@clarion/model';
import type { Budget } from './budget';
import { decodeName } from './decode-name';
import { normalisePath, pathFault } from './normalise-path';
import { type PaxRecords, parseDecimal, parsePax } from './pax';
import type { ProblemList } from './problem-list';
import {
  type Fragment,
  type SparseFile,
  expandSparse,
  fragmentsInExtension,
  gnuRealSize,
  isGnuExtended,
  paxSparse,
  readGnuFragments,
} from './sparse';
import { type TarHeader, blockBytes, headerLink, headerName, isNullDevice, parseHeader } from './tar-header';

/** The bytes after a header: how many, and who takes them. Without `take` they are passed over unread. */
export interface Body {
  readonly size: number;
  /** Names the body in errors. */
  readonly path: string;
  /** Gets the whole body; answers what follows it, when that is not a header. */
  readonly take?: (bytes: Buffer) => Body | undefined;
}

/** A visitor that is also told where in the tar the bytes of an entry start. */
export interface EntryVisitor extends LayerVisitor {
  entry(entry: LayerEntry, bodyOffset?: number, sparse?: boolean): number | 'head' | undefined;
}

interface Block {
  readonly bytes: Buffer;
  readonly at: number;
  /** Where in the tar the block ends. */
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
  D: 'directory',
  S: 'file',
};

/** Types that have no body whatever their size field says (the rule of Go's archive/tar). */
const headerOnly = new Set(['1', '2', '3', '4', '5', '6']);

/**
 * Turns headers into entries: joins each with the extended headers before it and asks the visitor whether the content
 * is wanted. Where tar readers disagree it does as Go's archive/tar, because container runtimes unpack layers with it.
 */
export class EntryReader {
  entries = 0;
  private headers = 0;
  private kept = 0;
  private pax: PaxRecords | undefined;
  private longName: string | undefined;
  private longLink: string | undefined;
  private readonly visitor: EntryVisitor;
  private readonly budget: Budget;
  private readonly problems: ProblemList;

  constructor(visitor: EntryVisitor, budget: Budget, problems: ProblemList) {
    this.visitor = visitor;
    this.budget = budget;
    this.problems = problems;
  }

  /** True between an extended header and the entry that it belongs to. */
  get expectsEntry(): boolean {
    return this.pax !== undefined || this.longName !== undefined || this.longLink !== undefined;
  }

  /** Reads the header in `block`, whose checksum is right. */
  header(block: Block): Body {
    this.headers += 1;
    if (this.headers > this.budget.limits.entries)
      throw this.exceeded(`more than ${this.budget.limits.entries} headers`);
    const header = parseHeader(block.bytes, block.at);
    const { size } = header;
    if (size === undefined) throw this.corrupt('a header with an impossible size', block);
    switch (header.flag) {
      case 'x':
      case 'X':
        return this.extension(size, (bytes) => {
          this.pax = this.readPax(bytes, block);
        });
      case 'g':
        return this.extension(size, (bytes) => {
          this.noteGlobal(this.readPax(bytes, block));
        });
      case 'L':
        return this.extension(size, (bytes) => {
          this.longName = upToNul(bytes);
        });
      case 'K':
        return this.extension(size, (bytes) => {
          this.longLink = upToNul(bytes);
        });
      case 'V':
        return { size, path: 'volume label' };
      default:
        return this.entry(header, size, block);
    }
  }

  private extension(size: number, take: (bytes: Buffer) => void): Body {
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

  /** Container runtimes pass global headers over; one that would rename or resize all entries is worth a word. */
  private noteGlobal(records: PaxRecords): void {
    if (records.values.size === 0 && records.sparsePairs.length === 0) return;
    const keys = [...records.values.keys()].join(', ');
    this.problems.add({ code: 'bad-archive-entry', message: `A global pax header that sets ${keys} is not applied` });
  }

  private entry(header: TarHeader, headerSize: number, block: Block): Body {
    const { bytes, at } = block;
    const values = this.pax?.values;
    const sparse = this.sparse(header, block);
    const rawName =
      values?.get('GNU.sparse.name') ?? this.longName ?? values?.get('path') ?? headerName(bytes, at, header.format);
    const rawLink = this.longLink ?? values?.get('linkpath') ?? headerLink(bytes, at);
    const stored = headerOnly.has(header.flag) ? 0 : this.storedSize(headerSize, block);
    this.pax = this.longName = this.longLink = undefined;
    this.entries += 1;
    const path = this.path(rawName);
    // The root itself is always there: its own entry tells nothing.
    if (path === undefined || path === '') return { size: stored, path: rawName.slice(0, 100) };
    const type = this.type(header.flag, rawName, path);
    const entry: LayerEntry = {
      path,
      type,
      size: type === 'file' ? (sparse?.size ?? stored) : 0,
      mode: header.mode,
      link: type === 'symlink' ? rawLink : '',
      nullDevice: type === 'character-device' && isNullDevice(bytes, at),
    };
    if (header.flag === 'S' && sparse !== undefined) return this.gnuSparse({ entry, stored, sparse, block });
    return this.body(this.withTarget(entry, rawLink), {
      stored,
      sparse,
      offset: block.end,
    });
  }

  private storedSize(headerSize: number, block: Block): number {
    const text = this.pax?.values.get('size');
    const size = text === undefined ? headerSize : parseDecimal(text);
    if (size === undefined) throw this.corrupt('a pax header with an impossible size', block);
    return size;
  }

  private sparse(header: TarHeader, block: Block): SparseFile | undefined {
    if (header.flag === 'S') {
      const size = gnuRealSize(block.bytes, block.at);
      const fragments = readGnuFragments(block.bytes, block.at, true);
      if (size === undefined || fragments === undefined) throw this.corrupt('a malformed sparse header', block);
      return { size, fragments };
    }
    if (this.pax === undefined || !(header.flag === '0' || header.flag === '7')) return undefined;
    const sparse = paxSparse(this.pax);
    if (sparse === null) throw this.corrupt('a malformed sparse header', block);
    return sparse;
  }

  private type(flag: string, rawName: string, path: string): LayerEntry['type'] {
    const type = types[flag];
    if (type === undefined) {
      this.problems.add({
        code: 'bad-archive-entry',
        path,
        message: `${path} is of the unknown type ${JSON.stringify(flag)}`,
      });
      return 'other';
    }
    // Before ustar had a type for them, directories were told by their last character.
    return flag === '0' && rawName.endsWith('/') ? 'directory' : type;
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

  /** An entry whose target cannot be one is kept as what hides other files, and no more. */
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

  /** Collects the extension blocks of an old GNU sparse header; only then do the data begin. */
  private gnuSparse(file: { entry: LayerEntry; stored: number; sparse: SparseFile; block: Block }): Body {
    const { entry, stored, sparse, block } = file;
    const fragments: Fragment[] = [...(sparse.fragments ?? [])];
    const maxFragments = this.budget.limits.headerBytes / 24;
    let offset = block.end;
    const body = (extended: boolean): Body => {
      if (!extended) return this.body(entry, { stored, sparse: { size: sparse.size, fragments }, offset });
      return { size: blockBytes, path: entry.path, take: extension };
    };
    const extension = (bytes: Buffer): Body => {
      offset += blockBytes;
      const more = readGnuFragments(bytes, 0, false);
      if (more === undefined) throw this.corrupt('a malformed sparse header', block);
      for (const fragment of more) fragments.push(fragment);
      if (fragments.length > maxFragments) throw this.exceeded(`a sparse file of more than ${maxFragments} pieces`);
      return body(more.length === fragmentsInExtension && isGnuExtended(bytes, 0, false));
    };
    return body(isGnuExtended(block.bytes, block.at, true));
  }

  /** Asks the visitor for the entry and says what becomes of its body. */
  private body(entry: LayerEntry, at: { stored: number; sparse: SparseFile | undefined; offset: number }): Body {
    const { stored, sparse } = at;
    const { path, size } = entry;
    const skip = { size: stored, path };
    const wanted = this.visitor.entry(entry, at.offset, sparse !== undefined);
    if (wanted === undefined || entry.type !== 'file') return skip;
    if (wanted === 'head') return this.head(entry, at);
    const { wantedBytes, headerBytes } = this.budget.limits;
    if (size > wanted || stored > size + headerBytes) {
      this.visitor.oversized(entry);
      return skip;
    }
    if (this.kept + size > wantedBytes) {
      this.problems.add({
        code: 'limit-reached',
        path,
        message: `${path} is not read: the wanted files of this archive are larger than ${wantedBytes} bytes together`,
      });
      this.visitor.oversized(entry);
      return skip;
    }
    this.kept += size;
    return { ...skip, take: this.delivery(entry, sparse) };
  }

  /** The first bytes of a body, then the rest of it, which is passed over. Those of a sparse file may be anywhere. */
  private head(entry: LayerEntry, { stored, sparse }: { stored: number; sparse: SparseFile | undefined }): Body {
    const { path } = entry;
    if (sparse !== undefined) {
      this.visitor.oversized(entry);
      return { size: stored, path };
    }
    const rest = stored - headBytes;
    const take = (bytes: Buffer): Body | undefined => {
      this.visitor.head?.(entry, bytes);
      return rest > 0 ? { size: rest, path } : undefined;
    };
    return { size: Math.min(stored, headBytes), path, take };
  }

  private delivery(entry: LayerEntry, sparse: SparseFile | undefined): (bytes: Buffer) => undefined {
    return (bytes) => {
      const content = sparse === undefined ? bytes : expandSparse(sparse, bytes);
      if (content !== undefined) {
        this.visitor.content(entry, content);
        return;
      }
      const { path } = entry;
      const message = `${path} has a sparse map that does not fit its data`;
      this.problems.add({ code: 'bad-archive-entry', path, message });
    };
  }

  private corrupt(what: string, block: Block): ClarionError {
    return new ClarionError('corrupt-data', `${this.budget.label}: ${what} at byte ${block.end - blockBytes}`);
  }

  private exceeded(what: string): ClarionError {
    return new ClarionError('limit-exceeded', `${this.budget.label}: ${what}`);
  }
}

function upToNul(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  return decodeName(nul < 0 ? bytes : bytes.subarray(0, nul));
}
