import type { EgressPolicy } from '@clarion/egress';
import type { FeedSettings } from '@clarion/feed-sources';
import type { FeedEvent } from '@clarion/feed-updating';
import type { PartOfImage, ReadImage, SubmittedImage } from '@clarion/layer-indexing';
import type { ClarionEvent, ErrorCode, EventOf, Platform } from '@clarion/model';

/** What an indexing process works with. It comes as a message: neither arguments nor variables hold a key. */
export interface IndexingSettings {
  /** Process that started this one. */
  readonly parent: number;
  /** Directory of the store. */
  readonly db: string;
  readonly policy: EgressPolicy;
  /** Beside 80 and 443, of addresses of layers that callers give. */
  readonly layerPorts: readonly number[];
  /** Addresses of detector services beside the detectors of this build. */
  readonly detectors?: string;
  readonly sealingKeys: readonly string[];
  readonly feeds: FeedSettings;
  /** Minutes. */
  readonly maxFeedAge: number;
  /** A directory or mirror with all feeds; from their own places unless given. */
  readonly feedsDir?: string;
  /** EPSS score whose crossing is told. */
  readonly notifyEpss?: number;
  /** How long reading one layer may take. */
  readonly layerMillis: number;
}

/** One piece of work; a process has one at a time, so that it is known what ended it. */
export type Job =
  | { readonly kind: 'layer'; readonly work: EventOf<'work.layer'>; readonly delivery: number }
  | { readonly kind: 'feed'; readonly work: EventOf<'work.feed'>; readonly delivery: number }
  /** Builds the index of what feeds mention. */
  | { readonly kind: 'mentions' }
  | { readonly kind: 'compose'; readonly of: SubmittedImage }
  | {
      readonly kind: 'archive';
      /** A file that this process can open. */
      readonly path: string;
      readonly maxBytes: number;
      readonly imageName?: string;
      readonly platform?: Platform;
    };

export type ToProcess =
  | { readonly kind: 'settings'; readonly settings: IndexingSettings }
  | { readonly kind: 'job'; readonly job: Job }
  /** The job is to be given back. */
  | { readonly kind: 'abort' };

/** What a job gives. */
export type Reply =
  | { readonly kind: 'event'; readonly event: ClarionEvent }
  | { readonly kind: 'image'; readonly read: ReadImage }
  | { readonly kind: 'update'; readonly event: FeedEvent };

export type FromProcess =
  | Reply
  /** From now on an end of the process counts as an attempt at this part. */
  | { readonly kind: 'begun'; readonly part: PartOfImage }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: SentError };

export interface SentError {
  /** Absent: an error that nobody foresaw. */
  readonly code?: ErrorCode;
  readonly message: string;
  readonly remedy?: string;
  readonly stack?: string;
}
