import { type ContentCoding, decode, decodeChunks, encode, encodeChunks } from '@clarion/content-codings';
import { BoundedCache } from './bounded-cache';
import type { ReportBody, ReportFile } from './report-file';
import type { CodedReport, StoredReports } from './stored-reports';

/** Reports as bytes, by their tags: whatever a report depends on is in its tag, so none of them ever becomes wrong. */
export interface ReportCache {
  /** The report with this tag, made unless it is kept. Concurrent calls make it once. */
  report(tag: string, make: () => Promise<MadeReport>): Promise<FoundReport>;
  /**
   * Keeps a report that was too large to be made here, compressed as it is read. Undefined where it would take more than
   * a quarter of the cache; then it is not kept.
   */
  keep(tag: string, report: LargeReport): Promise<ReportBody | undefined>;
}

export interface MadeReport {
  /** Undefined for a report that is too large for memory. */
  readonly content: Uint8Array | undefined;
  /** Whether the tag names it: else it is not kept. */
  readonly lasting: boolean;
}

export interface FoundReport extends Pick<MadeReport, 'lasting'> {
  /** Undefined for a report that is too large for memory. */
  readonly body: ReportBody | undefined;
}

/** A report in a file. */
export type LargeReport = Pick<ReportFile, 'bytes' | 'content'>;

/** What an entry takes beside its bytes. */
const ofEntry = 1024;

/**
 * Keeps reports in the codings that they were requested in, of at most so many bytes. Those that are requested again
 * are kept in the store too: others would be written after each change of a feed, and never read.
 */
export function createReportCache(mostBytes: number, stored?: StoredReports): ReportCache {
  const cache = new BoundedCache<FoundReport>(mostBytes);
  const inTheMaking = new Map<string, Promise<FoundReport>>();
  /** Those that are in the store, or on their way. */
  const inStore = new WeakSet<ReportBody>();
  function kept(tag: string, of: CodedReport | Uint8Array | undefined, lasting: boolean): FoundReport {
    const keep = (body: KeptReport | undefined): void => {
      if (lasting) cache.set(tag, { body, lasting }, ofEntry + (body?.size ?? 0));
    };
    const body = of && new KeptReport(of, keep);
    keep(body);
    return { body, lasting };
  }
  async function found(tag: string, make: () => Promise<MadeReport>): Promise<FoundReport> {
    const known = await stored?.find(tag);
    if (known !== undefined) {
      const report = kept(tag, known, true);
      if (report.body !== undefined) inStore.add(report.body);
      return report;
    }
    const { content, lasting } = await make();
    return kept(tag, content, lasting);
  }
  function store(tag: string, body: ReportBody): void {
    if (stored === undefined || inStore.has(body) || !(body instanceof KeptReport) || !stored.mayKeep()) return;
    inStore.add(body);
    // Behind the answer: no caller waits for it.
    setImmediate(
      () =>
        void body.forStore().then(
          (report) => stored.keep(tag, report),
          () => undefined,
        ),
    );
  }
  return {
    async report(tag, make) {
      const known = cache.get(tag);
      if (known?.body !== undefined) store(tag, known.body);
      if (known !== undefined) return known;
      const making = inTheMaking.get(tag) ?? found(tag, make).finally(() => inTheMaking.delete(tag));
      inTheMaking.set(tag, making);
      return making;
    },
    async keep(tag, { bytes, content }) {
      const most = mostBytes / 4 - ofEntry - tag.length;
      if (bytes > most * mostCompressed) return undefined;
      const encoded = await gathered(encodeChunks(content(), keptCoding, bytes), most);
      return encoded && kept(tag, { coding: keptCoding, encoded, bytes }, true).body;
    },
  };
}

/** A report in the codings in which it was requested; as it is only until there is one. */
class KeptReport implements ReportBody {
  readonly bytes: number;
  readonly #keep: (report: KeptReport) => void;
  readonly #coded = new Map<ContentCoding, Promise<Uint8Array>>();
  #content: Uint8Array | undefined;
  #codedBytes = 0;

  /** `keep` is called whenever it takes more or less memory. */
  constructor(content: Uint8Array | CodedReport, keep: (report: KeptReport) => void) {
    this.#keep = keep;
    if (content instanceof Uint8Array) {
      this.bytes = content.byteLength;
      this.#content = content;
      return;
    }
    const { coding, encoded, bytes } = content;
    this.bytes = bytes;
    this.#coded.set(coding, Promise.resolve(encoded));
    this.#codedBytes = encoded.byteLength;
  }

  /** In a coding that it has already, if every version of Node reads that. */
  async forStore(): Promise<CodedReport> {
    const coding = [...this.#coded.keys()].find((one) => one !== 'zstd') ?? keptCoding;
    return { coding, encoded: await this.in(coding), bytes: this.bytes };
  }

  get size(): number {
    return this.#codedBytes + (this.#content?.byteLength ?? 0);
  }

  async in(coding: ContentCoding | undefined): Promise<Uint8Array> {
    if (coding === undefined) {
      const content = await this.#asItIs();
      // Another caller may have to wait for it, so that it is not kept as it is.
      if (this.#coded.size === 0) await this.in(keptCoding);
      return content;
    }
    const coded = this.#coded.get(coding) ?? this.#encode(coding);
    this.#coded.set(coding, coded);
    return coded;
  }

  readonly content = (): AsyncIterable<Uint8Array> => this.#chunks();

  async *#chunks(): AsyncGenerator<Uint8Array> {
    const [coded] = this.#coded;
    if (this.#content !== undefined || coded === undefined) yield await this.in(undefined);
    else yield* decodeChunks(await coded[1], coded[0]);
  }

  async #encode(coding: ContentCoding): Promise<Uint8Array> {
    const encoded = await this.#encoded(coding);
    this.#codedBytes += encoded.byteLength;
    this.#content = undefined;
    this.#keep(this);
    return encoded;
  }

  /** From another coding, it is never in memory as it is. */
  async #encoded(coding: ContentCoding): Promise<Uint8Array> {
    const [coded] = this.#coded;
    if (this.#content !== undefined || coded === undefined) return encode(await this.#asItIs(), coding);
    const content = decodeChunks(await coded[1], coded[0]);
    const encoded = await gathered(encodeChunks(content, coding, this.bytes), Infinity);
    return encoded ?? Buffer.alloc(0);
  }

  async #asItIs(): Promise<Uint8Array> {
    if (this.#content !== undefined) return this.#content;
    const [coded] = this.#coded;
    if (coded === undefined) throw new Error('A kept report has no content');
    const [coding, encoding] = coded;
    return decode(await encoding, coding, this.bytes);
  }
}

/** Reports are compressed to a thirtieth; what is not worth to be tried. */
const mostCompressed = 100;

/** All chunks as one; undefined if they have more bytes. */
async function gathered(chunks: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array | undefined> {
  const all: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > most) return undefined;
    all.push(chunk);
  }
  return Buffer.concat(all);
}

/** That of most callers, for reports that were first requested as they are. */
const keptCoding: ContentCoding = 'gzip';
