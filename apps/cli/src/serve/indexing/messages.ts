import type { EgressPolicy } from '@clarion/egress';
import type { FeedSettings } from '@clarion/feed-sources';
import type { FeedEvent } from '@clarion/feed-updating';
import type { ImageJob, ImageReply, LayerJob } from '@clarion/layer-indexing';
import type { ClarionEvent, EventOf } from '@clarion/model';
import type { ReportJob } from '@clarion/use-cases';

/** What an indexing process works with. */
export interface IndexingSettings {
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

export type IndexingJob = ImageJob | LayerJob;

export interface FeedJob {
  readonly kind: 'feed';
  readonly work: EventOf<'work.feed'>;
  readonly delivery: number;
}

/** Builds the index of what feeds mention; gives nothing else. */
export interface MentionsJob {
  readonly kind: 'mentions';
}

/** Counts again what images have of a feed whose counts are pending; gives nothing else. */
export interface CountsJob {
  readonly kind: 'counts';
  readonly feed: string;
}

/** What jobs on feeds give. */
export type FeedReply =
  { readonly kind: 'event'; readonly event: ClarionEvent } | { readonly kind: 'update'; readonly event: FeedEvent };

export type Job = IndexingJob | FeedJob | MentionsJob | CountsJob | ReportJob;
export type Reply = ImageReply | FeedReply;
