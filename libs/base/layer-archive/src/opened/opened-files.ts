import type { ByteSource, LayerEntry, LayerVisitor } from '@clarion/model';
import type { ArchiveBudget } from '../budget';
import type { BodySink, EntryBody } from '../entry-body';
import { memorySource } from './memory-source';
import { temporaryBytes } from './temporary-bytes';

/** The bytes of a body where the archive itself can be read at any offset. */
export type OpenInPlace = (offset: number, size: number) => ByteSource;

/** A larger body is kept in a temporary file. */
const mostInMemory = 1024 * 1024;

const nothing = Buffer.alloc(0);

interface Job {
  readonly entry: LayerEntry;
  readonly source: ByteSource;
  readonly drop?: (() => void) | undefined;
}

/** Of work in the background: so many files, and bytes of them, at a time. */
const mostAtOnce = 4;
const mostBytesAtOnce = 1024 * 1024 * 1024;

/**
 * Bodies that the visitor reads at any offset. It gets one after the other, between the pieces of the archive; what it
 * does in the background goes on meanwhile.
 */
export class OpenedFiles {
  /** Bytes that the visitor keeps of them. */
  kept = 0;
  private jobs: Job[] = [];
  private readonly background: { readonly work: Promise<number>; readonly size: number }[] = [];
  private readonly visitor: Pick<LayerVisitor, 'opened'>;
  private readonly openInPlace: OpenInPlace | undefined;
  private readonly budget: ArchiveBudget;
  private readonly check = (): void => {
    this.budget.check();
  };

  constructor(
    visitor: Pick<LayerVisitor, 'opened'>,
    { budget, openInPlace }: { readonly budget: ArchiveBudget; readonly openInPlace: OpenInPlace | undefined },
  ) {
    this.visitor = visitor;
    this.budget = budget;
    this.openInPlace = openInPlace;
  }

  /** How to read the body of `entry` at `offset`, after its `head`; undefined if it is too large. */
  body(entry: LayerEntry, offset: number, head: Buffer = nothing): EntryBody | undefined {
    const { path } = entry;
    const size = entry.size - head.length;
    if (this.openInPlace !== undefined) {
      const source = this.openInPlace(offset, entry.size);
      this.add(entry, source);
      return { size, path };
    }
    if (size > this.budget.limits.openedBytes) return undefined;
    if (size > mostInMemory) return { size, path, sink: this.sink(entry, head) };
    const take = (bytes: Buffer): undefined => {
      this.add(entry, memorySource(head.length === 0 ? bytes : Buffer.concat([head, bytes])));
    };
    return { size, path, take };
  }

  pending(): Promise<void> | undefined {
    return this.jobs.length === 0 ? undefined : this.run();
  }

  async settled(): Promise<void> {
    await this.run();
    while (this.background.length > 0) await this.awaitOldest();
  }

  async drop(): Promise<void> {
    for (const { drop } of this.jobs.splice(0)) drop?.();
    await Promise.allSettled(this.background.map(({ work }) => work));
  }

  private async run(): Promise<void> {
    for (let job = this.jobs.shift(); job !== undefined; job = this.jobs.shift()) await this.work(job);
  }

  private async work({ entry, source, drop }: Job): Promise<void> {
    let background: Promise<number> | undefined;
    try {
      while (this.isFull(source.size)) await this.awaitOldest();
      this.check();
      const opened = (await this.visitor.opened?.(entry, source, this.check)) ?? 0;
      if (typeof opened === 'number') this.kept += opened;
      else background = opened.background;
    } finally {
      if (background === undefined) drop?.();
    }
    if (background === undefined) return;
    const work = background.finally(drop);
    // It is awaited later, in its turn.
    work.catch(() => undefined);
    this.background.push({ work, size: source.size });
  }

  private isFull(size: number): boolean {
    const { background } = this;
    const bytes = background.reduce((sum, one) => sum + one.size, size);
    return background.length >= mostAtOnce || (background.length > 0 && bytes > mostBytesAtOnce);
  }

  /** What is kept is counted in the order of the files, so that limits do not depend on how fast each is. */
  private async awaitOldest(): Promise<void> {
    const oldest = this.background.shift();
    if (oldest !== undefined) this.kept += await oldest.work;
  }

  private add(entry: LayerEntry, source: ByteSource, drop?: () => void): void {
    this.jobs.push({ entry, source, drop });
  }

  private sink(entry: LayerEntry, head: Buffer): BodySink {
    const bytes = temporaryBytes();
    bytes.write(head);
    return {
      write: (chunk) => {
        bytes.write(chunk);
      },
      end: () => {
        this.add(entry, bytes.source, () => {
          bytes.close();
        });
      },
      drop: () => {
        bytes.close();
      },
    };
  }
}
