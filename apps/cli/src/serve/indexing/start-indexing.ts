import {
  createProcessPool,
  type PoolOptions,
  type ProcessLimits,
  type ProcessPool,
  startProcess,
} from '@clarion/child-processes';
import {
  imageJobMillis,
  isolatedImages,
  type IsolatedImages,
  isolatedLayers,
  type ImageReply,
  type LayerMeasure,
} from '@clarion/layer-indexing';
import { storeUpload } from '@clarion/layer-sources';
import type { DetectorClient, Log, Store, WorkHandler } from '@clarion/model';
import type { ReportJob } from '@clarion/use-cases';
import { detectorChoice } from '../config';
import type { ServeSettings } from '../settings';
import type { FeedPool, MentionsPool } from './isolated-updating';
import type { CountsPool } from './pending-counts';
import type { CountsJob, FeedJob, FeedReply, IndexingJob, IndexingSettings, MentionsJob } from './messages';

/** Processes of this program that start on demand. */
export interface IndexingPools {
  /** Read layers and compose images, scheduled fairly between callers. */
  readonly images: ProcessPool<IndexingJob, ImageReply>;
  /** Update feeds, as many at once as the bus delivers. */
  readonly feeds: FeedPool;
  /** Builds the index of mentions; its memory is released when that is done. */
  readonly mentions: MentionsPool;
  /** Counts the vulnerabilities of images. */
  readonly counts: CountsPool;
  /** Write reports of large images. */
  readonly reports: ProcessPool<ReportJob, never>;
  /** Ends all processes. */
  close(): Promise<void>;
}

/** In addition to `--concurrent-layers`, for callers whom others would delay (`FairQueue`). */
export const spareProcesses = 2;

/** Memory limit in bytes of a process that updates a feed. */
const feedMemory = 2 * 1024 ** 3;

/** Creates the pools without starting a process. */
export function createPools(settings: ServeSettings, sealingKeys: readonly string[]): IndexingPools {
  const { program: script, db, feeds, config } = settings;
  const { allowedHosts, allowedNetworks, insecureHosts, layerPorts, layerMillis, layerBytes, layerTarBytes } = config;
  const { maxFeedAgeMillis, feedsFrom, epssThreshold, layerMemory } = config;
  const ofProcess: Omit<IndexingSettings, 'readsLayers'> = {
    ...{ db, feeds, sealingKeys, allowedHosts, allowedNetworks, insecureHosts, layerPorts },
    ...{ layerMillis, layerBytes, layerTarBytes, maxFeedAgeMillis, feedsFrom, epssThreshold },
    scratch: config.scratchDirectory ?? db,
    ...detectorChoice(config, settings.env),
  };
  const pool = <Job, Reply>(
    slots: Pick<PoolOptions<Job, Reply>, 'size' | 'spares' | 'idleMillis'>,
    limits: Omit<ProcessLimits<Job>, 'partMillis'>,
    readsLayers = false,
  ): ProcessPool<Job, Reply> =>
    createProcessPool({
      ...slots,
      start: () => {
        const settings: IndexingSettings = { ...ofProcess, readsLayers };
        return startProcess({ script, settings, limits: { ...limits, partMillis: layerMillis } });
      },
    });
  const images = pool<IndexingJob, ImageReply>(
    { size: config.concurrentLayers, spares: spareProcesses },
    { memory: layerMemory, jobMillis: (job) => imageJobMillis(job, layerMillis) },
    true,
  );
  // The duration of a feed update depends on its upstream, and it checks its own limits.
  const ofFeed = { memory: Math.max(feedMemory, layerMemory), jobMillis: () => undefined };
  const ofFeeds = pool<FeedJob, FeedReply>({ size: config.concurrentFeeds }, ofFeed);
  const mentions = pool<MentionsJob, never>({ size: 1, idleMillis: 0 }, ofFeed);
  const counts = pool<CountsJob, never>({ size: 1, idleMillis: 0 }, ofFeed);
  const reports = pool<ReportJob, never>({ size: 2 }, { memory: layerMemory, jobMillis: () => layerMillis });
  return {
    images,
    feeds: ofFeeds,
    mentions,
    counts,
    reports,
    async close() {
      await Promise.all([images, ofFeeds, mentions, counts, reports].map((one) => one.close()));
    },
  };
}

export interface IndexingContext {
  readonly pools: IndexingPools;
  readonly store: Store;
  readonly detectors: Pick<DetectorClient, 'list'>;
  readonly log: Log;
  /** Aborted when `serve` is being stopped. */
  readonly draining: AbortSignal;
  /** Called with measurements of the processes. */
  readonly onMeasured: (measure: LayerMeasure) => void;
}

export interface IsolatedIndexing extends IsolatedImages {
  readonly layer: WorkHandler<'work.layer'>;
}

/** Indexing in separate processes. */
export function startIndexing({ pools, draining, ...context }: IndexingContext): IsolatedIndexing {
  const deps = { ...context, pool: pools.images, stopping: givenBackAfter(draining) };
  return { ...isolatedImages({ ...deps, storeUpload }), layer: isolatedLayers(deps) };
}

const finishMillis = 5000;

/** Layers in progress may finish for a while; then they are returned to the queue, to be read after the next start. */
function givenBackAfter(draining: AbortSignal): AbortSignal {
  const stopping = new AbortController();
  draining.addEventListener('abort', () => {
    setTimeout(() => {
      stopping.abort();
    }, finishMillis).unref();
  });
  return stopping.signal;
}
