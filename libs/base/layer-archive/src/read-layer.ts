import { ClarionError, type Digest, type LayerContent, type LayerVisitor, type Problem } from '@clarion/model';
import { type ArchiveBudget, createBudget } from './budget';
import { openCompressed } from './decompress';
import { algorithmOf, type ExpectedDigests, verifyDigest } from './digests';
import { type FileRegion, readRegion, statRegion } from './file-region';
import { lastingKey, stampOf } from './file-stamp';
import { backgroundHasher, type BackgroundHasher, directHasher, regionHasher } from './hashing/background-hasher';
import type { ArchiveLimits } from './limits';
import { type Compression, sniffBytes, sniffCompression } from './sniff-compression';
import { TarWalker } from './tar-walker';
import { readWalk } from './walk-content';
import { walkTarRegion } from './walk-tar';
import type { ReadLayerResult } from './read-layer-result';

export interface ReadLayerOptions {
  /** Names the layer in errors. */
  readonly label: string;
  readonly limits?: Partial<ArchiveLimits>;
  /** Its reason is thrown when it aborts. */
  readonly signal?: AbortSignal;
  readonly expected?: ExpectedDigests;
  /** Called with the number of bytes of the blob read so far. */
  readonly onProgress?: (bytesOfBlobRead: number) => void;
  /**
   * Called when everything was visited while digests are still being computed: work that starts here needs no extra
   * time, but its outcome is only valid if the layer has the declared digests.
   */
  readonly onVisited?: () => void;
}

/**
 * Reads a layer once: decompresses it, passes its entries and requested contents to `visitor`, computes both digests
 * over all of its bytes and compares them with the expected ones. Throws `ClarionError`: `invalid-input` (not a tar),
 * `corrupt-data`, `limit-exceeded`, `digest-mismatch`; do not use what was visited before it threw.
 */
export async function readLayer(
  content: LayerContent,
  visitor: LayerVisitor,
  options: ReadLayerOptions,
): Promise<ReadLayerResult> {
  const budget = createBudget(options);
  budget.check();
  if (content.kind === 'walk') {
    const { expected, onVisited } = options;
    return readWalk(content, visitor, { budget, expected, onVisited });
  }
  if (content.kind === 'stream') return readStream(content.stream, visitor, { ...options, budget });
  return whileUnchanged(content, options.label, async (region) => {
    const compression = await compressionOf(region, options.label);
    if (compression === 'none') return readPlainFile(region, visitor, { ...options, budget });
    // Only that decoder copies what it is given before it requests more.
    const chunks = readRegion(region, options.label, { borrowed: compression === 'gzip' });
    return readStream(chunks, visitor, { ...options, budget, region });
  });
}

type FileContent = Extract<LayerContent, { readonly kind: 'file' }>;

/**
 * The digest of a part of a file as stored, without decompressing it, within the limits of a layer. Throws as
 * `readLayer`.
 */
export async function hashStored(
  content: FileContent,
  { label, like, ...limited }: Pick<ReadLayerOptions, 'label' | 'signal' | 'limits'> & { readonly like: Digest },
): Promise<Required<Pick<ReadLayerResult, 'blob'>> & Pick<ReadLayerResult, 'seenAs'>> {
  const budget = createBudget({ ...limited, label });
  budget.check();
  if (content.length > budget.limits.bytes) {
    throw new ClarionError('limit-exceeded', `${label} is larger than ${budget.limits.bytes} bytes`);
  }
  return whileUnchanged(content, label, async (region) => ({
    blob: await digestInTime(regionHasher(region, algorithmOf(like, label)), budget),
  }));
}

/** A dropped hasher never answers: it is dropped when the caller aborts or time is up. */
async function digestInTime(hasher: BackgroundHasher, budget: ArchiveBudget): Promise<Digest> {
  const deadline = budget.deadline();
  const ended = new Promise<undefined>((resolve) => {
    const end = (): void => {
      resolve(undefined);
    };
    // A signal that has aborted before sends no event.
    if (deadline.signal.aborted) end();
    else deadline.signal.addEventListener('abort', end, { once: true });
  });
  try {
    const digest = await Promise.race([hasher.digest(), ended]);
    if (digest !== undefined) return digest;
    hasher.drop();
    budget.check();
    throw new ClarionError('limit-exceeded', `${budget.label}: its time is up`);
  } finally {
    deadline.clear();
  }
}

/**
 * A file is read twice, for its entries and for its digest: both must see the same bytes. It is opened by name each
 * time, so the opened file must be the one that was checked first.
 */
async function whileUnchanged<Result extends object>(
  content: FileContent,
  label: string,
  read: (region: FileRegion) => Promise<Result>,
): Promise<Result & Pick<ReadLayerResult, 'seenAs'>> {
  const { path, offset, length } = content;
  const began = Date.now();
  const before = await statRegion(content, label);
  const stamp = stampOf(before);
  const changed = async (): Promise<boolean> => stampOf(await statRegion(content, label)) !== stamp;
  const changedWhileRead = `${label} changed while it was read`;
  const result = await read({ path, offset, length, stamp }).catch(async (cause: unknown) => {
    // Apparent damage is mostly a mix of both states; which reader finds it first is random.
    if (!(cause instanceof ClarionError) || cause.code !== 'corrupt-data' || !(await changed())) throw cause;
    throw new ClarionError('corrupt-data', changedWhileRead, { cause });
  });
  if (await changed()) throw new ClarionError('corrupt-data', changedWhileRead);
  const seenAs = lastingKey(content, before, began);
  return { ...result, ...(seenAs === undefined ? {} : { seenAs }) };
}

interface Reading extends ReadLayerOptions {
  readonly budget: ArchiveBudget;
  /** Where the stored bytes are, when in a file: they are then hashed from there. */
  readonly region?: FileRegion;
}

async function compressionOf(region: FileRegion, label: string): Promise<Compression> {
  const head = { ...region, length: Math.min(region.length, sniffBytes) };
  for await (const chunk of readRegion(head, label)) return sniffCompression(chunk);
  return 'none';
}

/**
 * An uncompressed tar on disk: bodies that are not requested are skipped by seeking, while a thread hashes all of it.
 */
async function readPlainFile(region: FileRegion, visitor: LayerVisitor, options: Reading): Promise<ReadLayerResult> {
  const { budget, expected, label } = options;
  const algorithm = algorithmOf(expected?.diffId ?? expected?.blob, label);
  const hasher = regionHasher(region, algorithm);
  try {
    const { entries, size, problems } = await walkTarRegion(region, visitor, budget);
    options.onVisited?.();
    const digest = await digestInTime(hasher, budget);
    options.onProgress?.(region.length);
    // The blob is the tar itself; it is only hashed twice if both digests are declared with different algorithms.
    const blobAlgorithm = algorithmOf(expected?.blob, label);
    const blob = blobAlgorithm === algorithm ? digest : await digestInTime(regionHasher(region, blobAlgorithm), budget);
    const digests = { diffId: digest, blob };
    return { ...digests, compression: 'none', size, entries, problems: verified(digests, problems, options) };
  } catch (error) {
    hasher.drop();
    throw error;
  }
}

async function readStream(
  chunks: AsyncIterable<Uint8Array>,
  visitor: LayerVisitor,
  options: Reading,
): Promise<ReadLayerResult> {
  const { budget, expected, label, region } = options;
  const blobAlgorithm = algorithmOf(expected?.blob, label);
  const diffAlgorithm = algorithmOf(expected?.diffId, label);
  let diff: BackgroundHasher | undefined;
  const blob = region === undefined ? backgroundHasher(blobAlgorithm) : regionHasher(region, blobAlgorithm);
  let walker: TarWalker | undefined;
  try {
    const stored = tap(chunks, options.onProgress, (chunk) => blob.update(chunk));
    const opened = await openCompressed(stored, budget, { borrowed: true });
    const { chunks: content, compression, release, isSmall = false } = opened;
    walker = new TarWalker(visitor, budget);
    diff = isSmall ? directHasher(diffAlgorithm) : backgroundHasher(diffAlgorithm);
    for await (const chunk of content) {
      // The walker copies what it keeps of a chunk.
      walker.feed(chunk);
      const work = walker.pending();
      if (work !== undefined) await work;
      if (release !== undefined) diff.hand(chunk, release);
      else await diff.update(chunk);
    }
    const { entries, size, problems } = await walker.end();
    options.onVisited?.();
    const digests = { diffId: await diff.digest(), blob: await blob.digest() };
    return { ...digests, compression, size, entries, problems: verified(digests, problems, options) };
  } catch (error) {
    await walker?.drop();
    diff?.drop();
    blob.drop();
    throw error;
  }
}

/**
 * Compares digests with the declared ones. A tar with the declared digest is complete, with or without an end marker.
 */
function verified(
  digests: { readonly diffId: Digest; readonly blob: Digest },
  problems: readonly Problem[],
  { expected, label }: ReadLayerOptions,
): readonly Problem[] {
  verifyDigest(`The blob of ${label}`, expected?.blob, digests.blob);
  verifyDigest(`The content of ${label}`, expected?.diffId, digests.diffId);
  const whole = expected?.diffId !== undefined || expected?.blob !== undefined;
  return whole ? problems.filter(({ code }) => code !== 'truncated-archive') : problems;
}

async function* tap(
  chunks: AsyncIterable<Uint8Array>,
  onProgress: ReadLayerOptions['onProgress'],
  onChunk: (chunk: Uint8Array) => Promise<void> | undefined,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    const behind = onChunk(chunk);
    if (behind !== undefined) await behind;
    bytes += chunk.length;
    onProgress?.(bytes);
    yield chunk;
  }
}
