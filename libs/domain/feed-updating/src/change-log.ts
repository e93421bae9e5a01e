import type { FactDifference } from './fact-difference';
import { sizeOfAdvisories, sizeOfText } from './record-size';
import type { ScratchFile, SpoolOptions } from './scratch';

/** The changes that an update records when it commits. Large logs spill out of memory. */
export interface ChangeLog {
  add(change: FactDifference): void;
  /** All changes, in the order they were added. */
  entries(): Iterable<FactDifference>;
  close(): void;
}

const defaultMemoryBytes = 8 * 1024 ** 2;

export function createChangeLog({ openScratch, memoryBytes = defaultMemoryBytes }: SpoolOptions): ChangeLog {
  let kept: FactDifference[] = [];
  let keptBytes = 0;
  let file: ScratchFile | undefined;
  let blocks: { readonly offset: number; readonly length: number }[] = [];
  const spill = (open: () => ScratchFile): void => {
    file ??= open();
    const bytes = Buffer.from(JSON.stringify(kept));
    blocks.push({ offset: file.append(bytes), length: bytes.length });
    kept = [];
    keptBytes = 0;
  };
  return {
    add(change) {
      kept.push(change);
      keptBytes += sizeOf(change);
      if (keptBytes > memoryBytes && openScratch !== undefined) spill(openScratch);
    },
    *entries() {
      for (const { offset, length } of blocks) {
        const bytes = file?.read(offset, length) ?? new Uint8Array();
        yield* JSON.parse(Buffer.from(bytes).toString()) as FactDifference[];
      }
      yield* kept;
    },
    close() {
      file?.close();
      file = undefined;
      blocks = [];
      kept = [];
    },
  };
}

function sizeOf(change: FactDifference): number {
  if (change.kind === 'advisories') return 300 + sizeOfAdvisories(change.before) + sizeOfAdvisories(change.after);
  return [change.before, change.after].reduce((sum, text) => sum + (text === null ? 0 : sizeOfText(text)), 100);
}
