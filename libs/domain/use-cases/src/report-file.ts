import type { ContentCoding } from '@clarion/content-codings';
import type { KnownHistory } from './history/history-bounds';

/** The text of a report, which may be kept in codings only. */
export interface ReportBody {
  /** Its length in UTF-8. */
  readonly bytes: number;
  /** All of it, in a coding or as it is. The bytes may be shared: nobody changes them. */
  in(coding: ContentCoding | undefined): Promise<Uint8Array>;
  /** All of it as it is, as fast as it is read. */
  readonly content: () => AsyncIterable<Uint8Array>;
}

export interface RenderedReport {
  readonly mediaType: string;
  readonly body: ReportBody;
  readonly file?: undefined;
  /** A strong validator without quotes: equal for equal bytes of the same request. */
  readonly tag: string;
  /** Of a report as of a time. */
  readonly history?: KnownHistory;
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
