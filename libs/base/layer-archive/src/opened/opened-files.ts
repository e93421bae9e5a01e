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
  readonly work: () => Promise<void>;
  readonly drop?: () => void;
}

/** Bodies that the visitor reads at any offset. It gets one after the other, between the pieces of the archive. */
export class OpenedFiles {
  /** Bytes that the visitor keeps of them. */
  kept = 0;
  private jobs: Job[] = [];
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

  drop(): void {
    for (const { drop } of this.jobs.splice(0)) drop?.();
  }

  private async run(): Promise<void> {
    for (let job = this.jobs.shift(); job !== undefined; job = this.jobs.shift()) {
      try {
        await job.work();
      } finally {
        job.drop?.();
      }
    }
  }

  private add(entry: LayerEntry, source: ByteSource, drop?: () => void): void {
    const work = async (): Promise<void> => {
      this.check();
      this.kept += (await this.visitor.opened?.(entry, source, this.check)) ?? 0;
    };
    this.jobs.push({ work, ...(drop !== undefined && { drop }) });
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
