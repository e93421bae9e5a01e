import type { LayerVisitor } from '@clarion/model';
import { type Budget, type BudgetOptions, createBudget } from './budget';
import type { EntryVisitor } from './entry-reader';
import { type FileRegion, openRegion } from './file-region';
import { type TarSummary, TarWalker } from './tar-walker';

/**
 * Walks an uncompressed tar. Throws `ClarionError`: `invalid-input` when it is no tar, `corrupt-data` when it is
 * damaged or cut off, `limit-exceeded`; what can be passed over is a problem of the result.
 */
export async function walkTar(
  chunks: AsyncIterable<Uint8Array>,
  visitor: LayerVisitor,
  options: BudgetOptions = {},
): Promise<TarSummary> {
  const budget = createBudget(options);
  const walker = new TarWalker(visitor, budget);
  for await (const chunk of chunks) {
    budget.check();
    budget.read(chunk.length);
    budget.produce(chunk.length);
    walker.feed(chunk);
  }
  return walker.end();
}

/** Measured: a read costs as much as copying so many bytes, so only larger bodies are worth seeking past. */
const seekingReadBytes = 256 * 1024;

/** Walks an uncompressed tar on disk and reads only headers and wanted bodies. */
export async function walkTarRegion(region: FileRegion, visitor: EntryVisitor, budget: Budget): Promise<TarSummary> {
  budget.read(region.length);
  budget.produce(region.length);
  const walker = new TarWalker(visitor, budget);
  const handle = await openRegion(region, budget.label);
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.min(seekingReadBytes, Math.max(region.length, 1)));
    for (let at = 0; at < region.length;) {
      budget.check();
      const { bytesRead } = await handle.read(
        buffer,
        0,
        Math.min(buffer.length, region.length - at),
        region.offset + at,
      );
      if (bytesRead === 0) break;
      walker.feed(buffer.subarray(0, bytesRead));
      at += bytesRead;
      const past = Math.min(walker.skippable, region.length - at);
      walker.skipped(past);
      at += past;
    }
    return walker.end();
  } finally {
    await handle.close();
  }
}
