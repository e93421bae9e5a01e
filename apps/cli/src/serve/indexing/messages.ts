import type { FeedSettings } from '@clarion/feed-sources';
import type { FeedEvent } from '@clarion/feed-updating';
import type { ImageJob, ImageReply, LayerJob, LayerMeasure } from '@clarion/layer-indexing';
import type { ClarionEvent, EventOf } from '@clarion/model';
import type { ReportJob } from '@clarion/use-cases';
import type { DetectorChoice } from '../../detectors';
import type { ServeConfig } from '../config';

/** The settings that an indexing process gets from the process that starts it. */
export interface IndexingSettings
  extends
    Required<DetectorChoice>,
    Pick<
      ServeConfig,
      | 'allowedHosts'
      | 'allowedNetworks'
      | 'insecureHosts'
      | 'layerPorts'
      | 'layerMillis'
      | 'layerBytes'
      | 'layerTarBytes'
      | 'maxFeedAgeMillis'
      | 'feedsFrom'
      | 'epssThreshold'
    > {
  /** Directory of the store. */
  readonly db: string;
  /** Folder for data that does not fit into memory. */
  readonly scratch: string;
  readonly sealingKeys: readonly string[];
  readonly feeds: FeedSettings;
  /** Whether it does many short jobs: it reads layers. */
  readonly readsLayers: boolean;
}

export type IndexingJob = ImageJob | LayerJob;

export interface FeedJob {
  readonly kind: 'feed';
  readonly work: EventOf<'work.feed'>;
  readonly delivery: number;
}

/** Builds the index of mentions in feeds; returns nothing else. */
export interface MentionsJob {
  readonly kind: 'mentions';
}

/** Recounts the vulnerabilities of images for feeds whose counts are pending; returns nothing else. */
export interface CountsJob {
  readonly kind: 'counts';
  readonly feeds: readonly string[];
}

/** The reply of feed jobs. */
export type FeedReply =
  | { readonly kind: 'event'; readonly event: ClarionEvent }
  | { readonly kind: 'update'; readonly event: FeedEvent }
  | { readonly kind: 'measured'; readonly measure: LayerMeasure };

export type ProcessJob = IndexingJob | FeedJob | MentionsJob | CountsJob | ReportJob;
export type ProcessReply = ImageReply | FeedReply;
