import type { FactDifference } from './fact-difference';
import { sizeOfStatements, sizeOfText } from './record-size';
import type { ScratchFile, SpoolOptions } from './scratch';

/** The changes that an update records when it commits. Large logs spill out of memory. */
export interface ChangeLog {
  add(change: FactDifference): void;
  /** All changes, in the order they were added. */
  entries(): Iterable<FactDifference>;
  close(): void;
}

const defaultHeldBytes = 8 * 1024 ** 2;

export function createChangeLog({ openScratch, memoryBytes = defaultHeldBytes }: SpoolOptions): ChangeLog {
  let held: FactDifference[] = [];
  let heldBytes = 0;
  let file: ScratchFile | undefined;
  let blocks: { readonly offset: number; readonly length: number }[] = [];
  const spill = (open: () => ScratchFile): void => {
    file ??= open();
    const bytes = Buffer.from(JSON.stringify(held));
    blocks.push({ offset: file.append(bytes), length: bytes.length });
    held = [];
    heldBytes = 0;
  };
  return {
    add(change) {
      held.push(change);
      heldBytes += sizeOf(change);
      if (heldBytes > memoryBytes && openScratch !== undefined) spill(openScratch);
    },
    *entries() {
      for (const { offset, length } of blocks) {
        const bytes = file?.read(offset, length) ?? new Uint8Array();
        yield* JSON.parse(Buffer.from(bytes).toString()) as FactDifference[];
      }
      yield* held;
    },
    close() {
      file?.close();
      file = undefined;
      blocks = [];
      held = [];
    },
  };
}

function sizeOf(change: FactDifference): number {
  if (change.kind === 'statements') return 300 + sizeOfStatements(change.before) + sizeOfStatements(change.after);
  return [change.before, change.after].reduce((sum, text) => sum + (text === null ? 0 : sizeOfText(text)), 100);
}
