import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { inflateChunkBytes, readAhead, throughEngine } from './gunzip';
import { splitZstdFrames } from './zstd-frames';

/** 128 MiB, the largest window that `splitZstdFrames` accepts. */
const maxWindowLog = 27;

/** Node 22.15 and later; the types are those of the lowest supported Node. */
interface NativeZstd {
  readonly createZstdDecompress?: (options: {
    readonly chunkSize: number;
    readonly readableHighWaterMark: number;
    readonly writableHighWaterMark: number;
    readonly params: Readonly<Record<number, number>>;
  }) => Transform;
  readonly constants: { readonly ZSTD_d_windowLogMax?: number };
}

/** Decompresses zstd, all frames of it. */
export async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { createZstdDecompress, constants } = zlib as NativeZstd;
  const frames = splitZstdFrames(chunks);
  const first = await frames.next();
  // All frames are without content, and decoders reject an empty input as cut off.
  if (first.done === true) return;
  const all = withFirst(first.value, frames);
  if (createZstdDecompress === undefined || constants.ZSTD_d_windowLogMax === undefined) {
    yield* decodeByWasm(all);
    return;
  }
  const params = { [constants.ZSTD_d_windowLogMax]: maxWindowLog };
  yield* throughEngine(all, createZstdDecompress({ chunkSize: inflateChunkBytes, ...readAhead, params }));
}

async function* withFirst(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

/**
 * Bytes given to the decoder at once, and the maximum number of results without output for them: one for each smallest
 * frame or block.
 */
const stepBytes = 32 * 1024;
const maxIdleResults = stepBytes / 3 + 8;
/** Number of results that are read to let the decoder free its memory, when its output is not needed any more. */
const finishingResults = 1000;

/**
 * Decodes on this thread, for Node before 22.15. After an error the decoder repeats itself forever: this shows as
 * results without output, and its memory is then lost (see README).
 */
async function* decodeByWasm(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const steps: Uint8Array[] = [];
  const results = decoder.decodeStreaming(takeAll(steps));
  let idle = 0;
  /** Output until the decoder has taken the queued step, or the rest. It must not run out of steps before. */
  function* decoded(toEnd: boolean): Generator<Uint8Array> {
    while (toEnd || steps.length > 0) {
      const result = results.next();
      if (result.done === true) return;
      idle = result.value.length > 0 ? 0 : idle + 1;
      if (idle > maxIdleResults) throw new Error('the decoder refuses the data');
      if (idle === 0) yield result.value;
    }
  }
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += stepBytes) {
        steps.push(chunk.subarray(at, at + stepBytes));
        // Each step is counted separately: a million frames without output are not an error.
        idle = 0;
        yield* decoded(false);
      }
    }
    yield* decoded(true);
  } finally {
    if (idle <= maxIdleResults) finish(results);
  }
}

function* takeAll(steps: Uint8Array[]): Generator<Uint8Array> {
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) yield step;
}

/** Runs a decoder whose output is not needed to its end, where it frees its memory. */
function finish(results: Generator<Uint8Array>): void {
  try {
    for (let left = finishingResults; left > 0 && results.next().done !== true; left--);
  } catch {
    // It reports missing data after it has freed its memory.
  }
}
