import { headBytes, type LayerEntry, type LayerVisitor, type ReadRequest } from '@clarion/model';
import type { ArchiveBudget } from './budget';
import type { EntryBody } from './entry-body';
import type { OpenedFiles } from './opened/opened-files';
import type { ProblemList } from './problem-list';
import { expandSparse, type SparseFile } from './sparse';

/** A visitor that also receives the offset in the tar where the bytes of an entry start. */
export interface EntryVisitor extends LayerVisitor {
  entry(entry: LayerEntry, bodyOffset?: number, sparse?: boolean): ReadRequest | undefined;
}

/** What an entry reader works with. */
export interface EntryReaderParts {
  readonly budget: ArchiveBudget;
  readonly problems: ProblemList;
  readonly opened: OpenedFiles;
}

/** Where and how a body is stored. */
export interface BodyAt {
  /** As the header has it, for errors. */
  readonly name: string;
  /** Bytes of the body. */
  readonly stored: number;
  readonly sparse: SparseFile | undefined;
  /** Where it begins in the tar. */
  readonly offset: number;
}

/** Asks the visitor what to read of each entry, and reads that from its body, within the limits of the archive. */
export class EntryContents {
  /** Bytes of the contents that the visitor was given. */
  private kept = 0;
  private readonly visitor: EntryVisitor;
  private readonly budget: ArchiveBudget;
  private readonly problems: ProblemList;
  private readonly opened: OpenedFiles;

  constructor(visitor: EntryVisitor, { budget, problems, opened }: EntryReaderParts) {
    this.visitor = visitor;
    this.budget = budget;
    this.problems = problems;
    this.opened = opened;
  }

  /** Passes the entry to the visitor and returns how to handle its body. */
  body(entry: LayerEntry | undefined, at: BodyAt): EntryBody {
    const { stored, sparse } = at;
    if (entry === undefined) return { size: stored, path: at.name.slice(0, 100) };
    const { path, size } = entry;
    const skip = { size: stored, path };
    const request = this.visitor.entry(entry, at.offset, sparse !== undefined);
    if (request === undefined || entry.type !== 'file') return skip;
    if (request === 'head') return this.head(entry, at);
    if (request === 'open') return this.open(entry, at);
    const { headerBytes } = this.budget.limits;
    if (size > request || stored > size + headerBytes) {
      this.visitor.oversized(entry);
      return skip;
    }
    if (!this.hasRoom(entry, size)) return skip;
    this.kept += size;
    return { ...skip, take: this.delivery(entry, sparse) };
  }

  /** Whether the contents that are kept of the archive may have `bytes` more; if not, that is reported. */
  private hasRoom(entry: LayerEntry, bytes: number): boolean {
    const { wantedBytes } = this.budget.limits;
    if (this.kept + this.opened.kept + bytes <= wantedBytes) return true;
    this.refuse(entry, `the wanted files of this archive are larger than ${wantedBytes} bytes together`);
    return false;
  }

  private refuse(entry: LayerEntry, why: string): void {
    const { path } = entry;
    this.problems.add({ code: 'limit-reached', path, message: `${path} is not read: ${why}` });
    this.visitor.oversized(entry);
  }

  /** Any bytes of the body, of which `head` was read before. Those of a sparse file are not where they would be. */
  private open(entry: LayerEntry, { stored, sparse, offset }: BodyAt, head?: Buffer): EntryBody {
    const skip = { size: stored - (head?.length ?? 0), path: entry.path };
    if (!this.hasRoom(entry, 1)) return skip;
    const body = sparse === undefined ? this.opened.body(entry, offset, head) : undefined;
    if (body !== undefined) return body;
    const { openedBytes } = this.budget.limits;
    this.refuse(entry, sparse === undefined ? `it is larger than ${openedBytes} bytes` : 'it is sparse');
    return skip;
  }

  /** The first bytes of a body; the rest is skipped. For a sparse file they may be anywhere. */
  private head(entry: LayerEntry, at: BodyAt): EntryBody {
    const { stored, sparse } = at;
    const { path } = entry;
    if (sparse !== undefined) {
      this.visitor.oversized(entry);
      return { size: stored, path };
    }
    const rest = stored - headBytes;
    const take = (bytes: Buffer): EntryBody | undefined => {
      const more = this.visitor.head?.(entry, bytes) === 'open' ? this.open(entry, at, bytes) : undefined;
      if (rest <= 0) {
        // All of it is here: what comes next is the padding of these bytes.
        more?.take?.(Buffer.alloc(0));
        return undefined;
      }
      if (more !== undefined) return more;
      return { size: rest, path };
    };
    return { size: Math.min(stored, headBytes), path, take, brief: true };
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
}
