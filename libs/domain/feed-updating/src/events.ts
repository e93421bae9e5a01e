import type { FeedState } from '@clarion/model';

/** The result for one document of an update. */
export type DocumentResult =
  /** Parsed; the stored facts now match it. */
  | 'applied'
  /** Shrinks too much; its old facts stay until the update is forced. */
  | 'held'
  /** Cannot be fetched or read; its old facts stay. */
  | 'failed'
  /** No longer published; its old facts stay for good (a release at its end of life). */
  | 'frozen';

/** Progress of an update, for its caller only. The last event is always `finished`. */
export type FeedEvent =
  | { readonly kind: 'started'; readonly feed: string; readonly documents: number }
  /** Starts the next document; `index` counts from 0 to `documents` of `started`. */
  | { readonly kind: 'document.started'; readonly feed: string; readonly document: string; readonly index: number }
  | {
      readonly kind: 'progress';
      readonly feed: string;
      readonly document: string;
      /** Reading the document, or comparing it with the stored facts. The counts below are for this phase. */
      readonly phase: 'reading' | 'comparing';
      /** Decoded bytes of this document read so far. */
      readonly bytes: number;
      readonly groups: number;
      readonly advisories: number;
      /** Bytes of the body received so far, as transported, and the total, if known. */
      readonly received?: number;
      readonly size?: number;
    }
  | {
      readonly kind: 'document';
      readonly feed: string;
      readonly document: string;
      readonly result: DocumentResult;
      readonly message?: string;
    }
  | FeedFinished;

/** The end of an update. */
export interface FeedFinished {
  readonly kind: 'finished';
  readonly feed: string;
  /** `failed` and `held` mean that at least one document was not applied; `written` counts what was applied. */
  readonly result: 'unchanged' | 'changed' | 'held' | 'failed';
  /** The state that is now stored. */
  readonly state: FeedState;
  readonly written: WrittenCounts;
}

/** Counts of written facts. */
export interface WrittenCounts {
  readonly groups: number;
  readonly removed: number;
  readonly texts: number;
  readonly repositories: number;
}
