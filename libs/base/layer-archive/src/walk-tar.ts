import { readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { LayerVisitor } from '@clarion/model';
import { type ArchiveBudget, type BudgetOptions, createBudget } from './budget';
import type { EntryVisitor } from './entry-contents';
import { BufferedFile } from './opened/buffered-file';
import { type FileRegion, openRegion } from './file-region';
import { type TarSummary, TarWalker } from './tar-walker';

/**
 * Walks an uncompressed tar. Throws `ClarionError`: `invalid-input` when it is not a tar, `corrupt-data` when it is
 * damaged or cut off, `limit-exceeded`; anything that can be skipped is a problem of the result.
 */
export async function walkTar(
  chunks: AsyncIterable<Uint8Array>,
  visitor: LayerVisitor,
  options: BudgetOptions = {},
): Promise<TarSummary> {
  const budget = createBudget(options);
  const walker = new TarWalker(visitor, budget);
  try {
    for await (const chunk of chunks) {
      budget.check();
      budget.read(chunk.length);
      budget.produce(chunk.length);
      walker.feed(chunk);
      const work = walker.pending();
      if (work !== undefined) await work;
    }
    return await walker.end();
  } finally {
    await walker.drop();
  }
}

/** Measured: a read costs as much as copying this many bytes, so only larger bodies are worth seeking past. */
const seekingReadBytes = 64 * 1024;
/** Milliseconds after which other work of the process gets its turn. */
const longestTurn = 5;

/**
 * Walks an uncompressed tar on disk and reads only headers and requested bodies. Reads are synchronous: there are
 * thousands of them, mostly from the system's cache, and each would take ten times as long on another thread.
 */
export async function walkTarRegion(
  region: FileRegion,
  visitor: EntryVisitor,
  budget: ArchiveBudget,
): Promise<TarSummary> {
  budget.read(region.length);
  budget.produce(region.length);
  const handle = await openRegion(region, budget.label);
  const file = new BufferedFile(handle.fd);
  const walker = new TarWalker(visitor, budget, (offset, size) => {
    const length = Math.max(Math.min(size, region.length - offset), 0);
    return {
      size: length,
      stored: { descriptor: handle.fd, offset: region.offset + offset },
      read: (at, count) => file.read(region.offset + offset + at, Math.max(Math.min(count, length - at), 0)),
    };
  });
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.min(seekingReadBytes, Math.max(region.length, 1)));
    let turnBegan = performance.now();
    for (let at = 0; at < region.length;) {
      if (performance.now() - turnBegan > longestTurn) {
        await setImmediate();
        turnBegan = performance.now();
      }
      budget.check();
      const readSize = Math.min(buffer.length, region.length - at);
      const bytesRead = readSync(handle.fd, buffer, 0, readSize, region.offset + at);
      if (bytesRead === 0) break;
      const bytes = buffer.subarray(0, bytesRead);
      file.know(bytes, region.offset + at);
      walker.feed(bytes);
      const work = walker.pending();
      if (work !== undefined) await work;
      at += bytesRead;
      const past = Math.min(walker.skippable, region.length - at);
      walker.skipped(past);
      at += past;
    }
    return await walker.end();
  } finally {
    try {
      await walker.drop();
    } finally {
      await handle.close();
    }
  }
}
