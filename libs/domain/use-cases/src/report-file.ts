export interface RenderedReport {
  readonly mediaType: string;
  readonly body: string;
  readonly file?: undefined;
  /** A strong validator without quotes: equal for equal bytes of the same request. */
  readonly tag: string;
}

/** A report that is too large for memory. */
export interface ReportFile {
  readonly bytes: number;
  /** The whole content, from the start. */
  readonly content: () => AsyncIterable<Uint8Array>;
  /** Must be called at the end: the file is kept until then, and others may wait for its slot. */
  readonly close: () => Promise<void>;
}
export interface StoredReport extends Omit<RenderedReport, 'body' | 'file'> {
  readonly body?: undefined;
  readonly file: ReportFile;
}
export interface RenderOptions {
  /** The caller; anonymous unless given. */
  readonly caller?: string;
  /** Aborted when the caller is gone. */
  readonly signal?: AbortSignal;
}
