import { ClarionError } from '@clarion/model';
import { type ArchiveBudget, type BudgetOptions, createBudget } from './budget';
import { bunzip2 } from './bunzip2';
import { untilOver } from './chunk-source';
import { gunzip } from './gunzip';
import { gunzipInThread } from './inflating/gunzip-in-thread';
import { type Compression, sniffBytes, sniffCompression } from './sniff-compression';
import { unxz } from './unxz';
import { unzstd } from './unzstd';
import { ThreadFailure } from './worker-thread';

const decoders = { gzip: gunzip, zstd: unzstd, bzip2: bunzip2, xz: unxz };

/** A decompression under a budget. */
export interface Decompression {
  readonly compression: Compression;
  readonly chunks: AsyncGenerator<Uint8Array>;
  /** Where present, chunks are borrowed: return the buffer of each as soon as possible. */
  readonly release?: (buffer: ArrayBuffer) => void;
  /** There is so little that another thread is not worth it. */
  readonly isSmall?: boolean;
}

export interface DecompressOptions extends BudgetOptions {
  /**
   * Borrowed chunks are faster, but each is valid only until the next one is requested; default false. For callers that
   * write or copy each chunk before that.
   */
  readonly borrowed?: boolean | undefined;
}

/**
 * Decompresses `chunks`, whose compression is detected from their first bytes; uncompressed bytes pass through
 * unchanged. All members and frames are read and count together. Throws `ClarionError`: `corrupt-data` for damaged or
 * cut-off data, `limit-exceeded` for bombs; errors of `chunks` and the reason of `signal` pass through.
 */
export async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
  options: DecompressOptions = {},
): AsyncGenerator<Uint8Array> {
  const opened = await openCompressed(chunks, createBudget(options), options);
  for await (const chunk of opened.chunks) {
    yield chunk;
    opened.release?.(chunk.buffer as ArrayBuffer);
  }
}

/** Reads the first bytes of `chunks` and starts the matching decoder. */
export async function openCompressed(
  chunks: AsyncIterable<Uint8Array>,
  budget: ArchiveBudget,
  { borrowed = false }: Pick<DecompressOptions, 'borrowed'> = {},
): Promise<Decompression> {
  const source = new CountedSource(chunks, budget);
  const compression = sniffCompression(await source.peek(sniffBytes));
  if (borrowed && compression === 'gzip') {
    const { chunks: decoded, ...handling } = await gunzipInThread(source.chunks());
    return { compression, chunks: produced(decoded, { budget, source, compression }), ...handling };
  }
  const decoded = compression === 'none' ? source.chunks() : decoders[compression](source.chunks());
  return { compression, chunks: produced(decoded, { budget, source, compression }) };
}

async function* produced(
  decoded: AsyncGenerator<Uint8Array>,
  at: { readonly budget: ArchiveBudget; readonly source: CountedSource; readonly compression: Compression },
): AsyncGenerator<Uint8Array> {
  const { budget, source, compression } = at;
  try {
    for await (const chunk of decoded) {
      budget.check();
      budget.produce(chunk.length);
      if (chunk.length > 0) yield chunk;
    }
  } catch (error) {
    budget.check();
    if (source.failure !== undefined) throw source.failure.error;
    if (error instanceof ClarionError || error instanceof ThreadFailure || compression === 'none') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ClarionError('corrupt-data', `${budget.label}: damaged ${compression} data (${reason})`, {
      cause: error,
    });
  }
}

/** The stored bytes, counted; remembers their error, because decoders replace errors. */
class CountedSource {
  failure: { readonly error: unknown } | undefined;
  private readonly source: AsyncGenerator<Uint8Array>;
  private readonly budget: ArchiveBudget;
  private readonly peeked: Uint8Array[] = [];

  constructor(chunks: AsyncIterable<Uint8Array>, budget: ArchiveBudget) {
    this.source = untilOver(chunks, budget);
    this.budget = budget;
  }

  /** The first `count` bytes, or all when there are fewer. They are part of `chunks` as well. */
  async peek(count: number): Promise<Uint8Array> {
    let length = 0;
    while (length < count) {
      const next = await this.next();
      if (next === undefined) break;
      this.peeked.push(next);
      length += next.length;
    }
    return Buffer.concat(this.peeked).subarray(0, count);
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.peeked.splice(0);
      for (let next = await this.next(); next !== undefined; next = await this.next()) yield next;
    } finally {
      await this.source.return(undefined);
    }
  }

  private async next(): Promise<Uint8Array | undefined> {
    try {
      const read = await this.source.next();
      this.budget.check();
      if (read.done === true) return undefined;
      this.budget.read(read.value.length);
      return read.value;
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }
}
