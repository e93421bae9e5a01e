import { ClarionError, type Problem } from '@clarion/model';
import type { ArchiveBudget } from './budget';
import { BodyRoom } from './body-room';
import type { BodySink, EntryBody } from './entry-body';
import type { EntryVisitor } from './entry-contents';
import { EntryReader } from './entry-reader';
import { OpenedFiles, type OpenInPlace } from './opened/opened-files';
import { createProblemList } from './problem-list';
import { blockBytes, hasValidChecksum, isZeroBlock } from './tar-header';

/** The result of walking a tar. */
export interface TarSummary {
  /** Entries of all types, also those with a rejected path. */
  readonly entries: number;
  /** Bytes of the tar including everything after its end marker. */
  readonly size: number;
  readonly problems: readonly Problem[];
}

/** A requested body, and how much of it has arrived. */
interface Collected {
  readonly body: EntryBody;
  readonly bytes: Buffer;
  filled: number;
}

/**
 * A tar reader that is fed chunks of any size. Bodies that are not requested are skipped; `skippable` is the number of
 * next bytes that need not be fed, so that a file can be walked by seeking.
 */
export class TarWalker {
  private position = 0;
  /** Bytes to skip: a body that is not requested, and the padding of any body. */
  private skip = 0;
  /** How many of the last bytes of `skip` are only padding. */
  private padding = 0;
  private skippedPath = '';
  private collected: Collected | undefined;
  /** A body that goes elsewhere piece by piece, and its bytes that have not arrived. */
  private sinking: { readonly body: EntryBody; readonly sink: BodySink; left: number } | undefined;
  private readonly room = new BodyRoom();
  private readonly partial = Buffer.alloc(blockBytes);
  private partialBytes = 0;
  /** Zero blocks since the last header. */
  private zeroBlocks = 0;
  private blocks = 0;
  /** Garbage was found: nothing after it is read. */
  private ended = false;
  private readonly problems = createProblemList();
  private readonly reader: EntryReader;
  private readonly label: string;

  private readonly opened: OpenedFiles;

  /** `openInPlace`: where the bytes of the archive can be read at any offset. */
  constructor(visitor: EntryVisitor, budget: ArchiveBudget, openInPlace?: OpenInPlace) {
    this.opened = new OpenedFiles(visitor, { budget, openInPlace });
    this.reader = new EntryReader(visitor, { budget, problems: this.problems, opened: this.opened });
    this.label = budget.label;
  }

  /** Work on files that were opened, to be awaited before more bytes are fed; undefined where there is none. */
  pending(): Promise<void> | undefined {
    return this.opened.pending();
  }

  /** Releases what is still open, and waits for work that still reads. */
  drop(): Promise<void> {
    this.sinking?.sink.drop();
    this.sinking = undefined;
    return this.opened.drop();
  }

  /** Bytes that may be left out of the next chunk, to be reported to `skipped`. */
  get skippable(): number {
    return this.ended ? Infinity : this.skip;
  }

  skipped(bytes: number): void {
    this.position += bytes;
    if (!this.ended) this.skip -= bytes;
  }

  /** Reads all of `chunk`. Throws `ClarionError`; entries before the error have been visited. */
  feed(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const start = this.position;
    let at = 0;
    while (at < bytes.length && !this.ended) {
      this.position = start + at;
      if (this.skip > 0) {
        const count = Math.min(this.skip, bytes.length - at);
        this.skip -= count;
        at += count;
      } else if (this.collected !== undefined) at += this.collect(this.collected, bytes, at);
      else if (this.sinking !== undefined) at += this.sink(bytes.subarray(at));
      else at += this.block(bytes, at);
    }
    this.position = start + bytes.length;
  }

  /** Call when all bytes were fed: waits for work on opened files. Throws when the archive is cut off or not a tar. */
  async end(): Promise<TarSummary> {
    await this.opened.settled();
    if (this.blocks === 0 || (this.reader.entries === 0 && this.ended)) throw this.notTar();
    this.checkEnd();
    return { entries: this.reader.entries, size: this.position, problems: this.problems.all() };
  }

  private checkEnd(): void {
    if (this.ended) return;
    const unfinished = this.collected?.body ?? this.sinking?.body;
    if (unfinished !== undefined) throw this.truncated(`inside ${unfinished.path}`);
    if (this.skip > this.padding) throw this.truncated(`inside ${this.skippedPath}`);
    if (this.reader.expectsEntry) throw this.truncated('after an extended header');
    if (this.zeroBlocks > 0) {
      if (this.partialBytes > 0 && this.partial.subarray(0, this.partialBytes).some((byte) => byte !== 0))
        this.noteGarbage();
    } else if (this.partialBytes > 0) throw this.truncated('inside a header');
    else this.problems.add({ code: 'truncated-archive', message: 'The archive has no end-of-archive marker' });
  }

  /** Takes the part of the block at `at` that `bytes` has; returns the number of bytes taken. */
  private block(bytes: Buffer, at: number): number {
    if (this.partialBytes === 0 && bytes.length - at >= blockBytes) {
      this.wholeBlock(bytes, at, this.position + blockBytes);
      return blockBytes;
    }
    const count = Math.min(blockBytes - this.partialBytes, bytes.length - at);
    bytes.copy(this.partial, this.partialBytes, at, at + count);
    this.partialBytes += count;
    if (this.partialBytes === blockBytes) {
      this.partialBytes = 0;
      this.wholeBlock(this.partial, 0, this.position + count);
    }
    return count;
  }

  private wholeBlock(bytes: Buffer, at: number, end: number): void {
    if (bytes[at] === 0 && isZeroBlock(bytes, at)) {
      this.blocks += 1;
      this.zeroBlocks += 1;
    } else if (hasValidChecksum(bytes, at)) {
      if (this.zeroBlocks > 0) this.noteContinued(end - blockBytes);
      this.blocks += 1;
      this.zeroBlocks = 0;
      this.start(this.reader.header({ bytes, at, end }));
    } else if (this.zeroBlocks > 0) {
      this.ended = true;
      if (this.reader.entries > 0) this.noteGarbage();
    } else if (this.blocks === 0) throw this.notTar();
    else throw this.corrupt(`a header with a wrong checksum at byte ${end - blockBytes}`);
  }

  /** Prepares for the body after a header. */
  private start(body: EntryBody): void {
    this.padding = (blockBytes - (body.size % blockBytes)) % blockBytes;
    if (body.sink !== undefined) this.sinking = { body, sink: body.sink, left: body.size };
    else if (body.take === undefined) {
      this.skip = body.size + this.padding;
      this.skippedPath = body.path;
    } else if (body.size === 0) this.finish(body, Buffer.alloc(0));
    else this.collected = { body, bytes: this.room.allocate(body), filled: 0 };
  }

  private collect(collected: Collected, bytes: Buffer, at: number): number {
    const count = Math.min(collected.bytes.length - collected.filled, bytes.length - at);
    bytes.copy(collected.bytes, collected.filled, at, at + count);
    collected.filled += count;
    if (collected.filled === collected.bytes.length) this.finish(collected.body, collected.bytes);
    return count;
  }

  private sink(bytes: Buffer): number {
    const { sinking } = this;
    if (sinking === undefined) return 0;
    const count = Math.min(sinking.left, bytes.length);
    sinking.sink.write(bytes.subarray(0, count));
    sinking.left -= count;
    if (sinking.left === 0) {
      this.sinking = undefined;
      this.skip = this.padding;
      sinking.sink.end();
    }
    return count;
  }

  private finish(body: EntryBody, bytes: Buffer): void {
    this.collected = undefined;
    this.skip = this.padding;
    const next = body.take?.(bytes);
    if (next !== undefined) this.start(next);
  }

  private noteContinued(at: number): void {
    this.problems.add({
      code: 'bad-archive-entry',
      message: `The archive goes on after its end marker, at byte ${at}; container runtimes may not see the entries after it`,
    });
  }

  private noteGarbage(): void {
    this.problems.add({
      code: 'bad-archive-entry',
      message: 'The archive has data after its end that is not tar; it is not read',
    });
  }

  private notTar(): ClarionError {
    return new ClarionError('invalid-input', `${this.label} is not a tar archive`);
  }

  private truncated(where: string): ClarionError {
    return this.corrupt(`cut off ${where}, after ${this.position} bytes`);
  }

  private corrupt(what: string): ClarionError {
    return new ClarionError('corrupt-data', `${this.label}: ${what}`);
  }
}
