import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/**
 * Measured with hashing at the same time: 16 KiB (Node's default) is half as fast, 256 KiB a tenth slower because each
 * chunk wakes two threads, and 2 MiB no faster.
 */
export const inflateChunkBytes = 1024 * 1024;

/** The engine continues while its output is read, and finds its next input there. */
export const readAhead = {
  readableHighWaterMark: 2 * inflateChunkBytes,
  writableHighWaterMark: 2 * inflateChunkBytes,
} as const;

/**
 * Decompresses all members of a gzip stream on a thread of Node's pool. Zero padding after the last member is skipped;
 * other data there is an error, as it is for container runtimes.
 */
export function gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return throughEngine(chunks, createGunzip({ chunkSize: inflateChunkBytes, ...readAhead }));
}

/** The chunks after `engine`. An engine may end before its input does; the rest is then read and dropped. */
export async function* throughEngine(chunks: AsyncIterable<Uint8Array>, engine: Transform): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  // The pipeline must not end the source when the engine ends: the caller counts and hashes all of it.
  const input = { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
  // Errors of the source arrive through the engine; an error about an early end is not an error of the source.
  pipeline(input, engine).catch(() => undefined);
  try {
    for await (const chunk of engine) yield chunk as Uint8Array;
    while ((await source.next()).done !== true);
  } finally {
    await source.return?.();
  }
}
