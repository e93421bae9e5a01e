export interface RenderedReport {
  readonly mediaType: string;
  readonly body: string;
  readonly file?: undefined;
  /** A strong validator without quotes: equal for equal bytes of the same request. */
  readonly tag: string;
}

/** A report that is too large to be held in memory. */
export interface ReportFile {
  readonly bytes: number;
  /** All of it, from the beginning. */
  readonly content: () => AsyncIterable<Uint8Array>;
  /** To be called in the end: a file is kept until then, and others may wait for it to go. */
  readonly close: () => Promise<void>;
}
export interface StoredReport extends Omit<RenderedReport, 'body' | 'file'> {
  readonly body?: undefined;
  readonly file: ReportFile;
}
export interface RenderOptions {
  /** Who asks; nobody in particular unless stated. */
  readonly caller?: string;
  /** Aborted when the caller is gone. */
  readonly signal?: AbortSignal;
}
