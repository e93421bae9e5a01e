import type { FeedState } from '@clarion/model';

/** What happened to one document of an update. */
export type DocumentOutcome =
  /** Parsed, and stored facts are now as it says. */
  | 'applied'
  /** Would shrink too much; its old facts stay until the update is forced. */
  | 'held'
  /** Could not be fetched or read; its old facts stay. */
  | 'failed'
  /** No longer there; its old facts stay for ever (a release at its end of life). */
  | 'frozen';

/** Progress of an update, for its caller alone. The last event is always `finished`. */
export type FeedEvent =
  | { readonly kind: 'started'; readonly feed: string; readonly documents: number }
  /** Begins with the next document; `index` counts from 0 to `documents` of `started`. */
  | { readonly kind: 'document.started'; readonly feed: string; readonly document: string; readonly index: number }
  | {
      readonly kind: 'progress';
      readonly feed: string;
      readonly document: string;
      /** Reading the document, or comparing it with the stored facts; the counts below are those of this phase. */
      readonly phase: 'reading' | 'comparing';
      /** Decoded bytes of this document read so far. */
      readonly bytes: number;
      readonly groups: number;
      readonly statements: number;
      /** Bytes of the body that arrived, as transported, and how many there will be; where they are known. */
      readonly received?: number;
      readonly size?: number;
    }
  | {
      readonly kind: 'document';
      readonly feed: string;
      readonly document: string;
      readonly outcome: DocumentOutcome;
      readonly message?: string;
    }
  | FeedFinished;

/** The end of an update. */
export interface FeedFinished {
  readonly kind: 'finished';
  readonly feed: string;
  /** `failed` and `held` mean that at least one document was not applied; what was is in `written`. */
  readonly outcome: 'unchanged' | 'changed' | 'held' | 'failed';
  /** As stored now. */
  readonly state: FeedState;
  readonly written: Written;
}

/** Counted writes of facts. */
export interface Written {
  readonly groups: number;
  readonly removed: number;
  readonly texts: number;
  readonly repositories: number;
}
