import type { Digest, LayerContent, LayerVisitor, Problem } from '@clarion/model';
import { type Budget, createBudget } from './budget';
import { openCompressed } from './decompress';
import { algorithmOf, createHasher, type ExpectedDigests, verifyDigest } from './digests';
import { readRegion } from './file-region';
import type { ArchiveLimits } from './limits';
import type { Compression } from './sniff-compression';
import { TarWalker } from './tar-walker';
import { readWalk } from './walk-content';

export interface ReadLayerOptions {
  /** Names the layer in errors. */
  readonly label: string;
  readonly limits?: Partial<ArchiveLimits>;
  /** Its reason is thrown when it aborts. */
  readonly signal?: AbortSignal;
  readonly expected?: ExpectedDigests;
  /** Told the bytes of the blob read so far. */
  readonly onProgress?: (bytesOfBlobRead: number) => void;
}

export interface ReadLayerResult {
  /** Of the uncompressed tar, computed; for a `walk` of a canonical listing of what was delivered. */
  readonly diffId: Digest;
  /** Of the bytes as stored, computed; absent for a `walk`. */
  readonly blob?: Digest;
  readonly compression: Compression;
  /** Bytes of the uncompressed tar. */
  readonly size: number;
  readonly entries: number;
  readonly problems: readonly Problem[];
}

/**
 * Reads a layer once: decompresses it, gives its entries and wanted contents to `visitor`, computes both digests over
 * all of its bytes and compares them with those expected. Throws `ClarionError`: `invalid-input` (no tar),
 * `corrupt-data`, `limit-exceeded`, `digest-mismatch`; what was visited before it threw must not be used.
 */
export async function readLayer(
  content: LayerContent,
  visitor: LayerVisitor,
  options: ReadLayerOptions,
): Promise<ReadLayerResult> {
  const budget = createBudget(options);
  budget.check();
  if (content.kind === 'walk') return readWalk(content, visitor, { budget, expected: options.expected });
  const chunks = content.kind === 'file' ? readRegion(content, options.label) : content.stream;
  return readStream(chunks, visitor, { ...options, budget });
}

async function readStream(
  chunks: AsyncIterable<Uint8Array>,
  visitor: LayerVisitor,
  options: ReadLayerOptions & { readonly budget: Budget },
): Promise<ReadLayerResult> {
  const { budget, expected, label } = options;
  const blob = createHasher(algorithmOf(expected?.blob, label));
  const diff = createHasher(algorithmOf(expected?.diffId, label));
  const stored = tap(chunks, options.onProgress, (chunk) => {
    blob.update(chunk);
  });
  const opened = await openCompressed(stored, budget);
  const walker = new TarWalker(visitor, budget);
  for await (const chunk of opened.chunks) {
    walker.feed(chunk);
    diff.update(chunk);
  }
  const { entries, size, problems } = walker.end();
  const digests = { diffId: diff.digest(), blob: blob.digest() };
  verifyDigest(`The blob of ${label}`, expected?.blob, digests.blob);
  verifyDigest(`The content of ${label}`, expected?.diffId, digests.diffId);
  return { ...digests, compression: opened.compression, size, entries, problems };
}

async function* tap(
  chunks: AsyncIterable<Uint8Array>,
  onProgress: ReadLayerOptions['onProgress'],
  onChunk: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    onChunk(chunk);
    bytes += chunk.length;
    onProgress?.(bytes);
    yield chunk;
  }
}
