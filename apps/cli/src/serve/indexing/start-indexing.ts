import type { Log, Store } from '@clarion/model';
import type { ServeSettings } from '../settings';
import { isolatedIndexing, type IsolatedIndexing } from './isolated-indexing';
import { createIndexingPool, type IndexingPool } from './pool';
import { type ProcessOptions, startIndexingProcess } from './process-handle';

/** Processes that are started from this program when there is work. */
export interface IndexingPools {
  /** Read layers and compose images. */
  readonly images: IndexingPool;
  /** Update feeds, two at once as the bus gives them, and build the index of what they mention. */
  readonly feeds: IndexingPool;
  /** Ends all processes. */
  close(): Promise<void>;
}

/** Bytes of memory that a process which updates a feed may have for itself. */
const feedMemory = 2 * 1024 ** 3;

/** No process is started yet. */
export function createPools(
  settings: ServeSettings,
  context: Pick<ProcessOptions['settings'], 'policy' | 'sealingKeys'>,
): IndexingPools {
  const { program: script, db, maxFeedAge, feeds, config, feedsDir, notifyEpss, layerPorts, detectors } = settings;
  const named = { ...(feeds === undefined ? {} : { feeds }), ...(config === undefined ? {} : { config }) };
  const optional = {
    ...(feedsDir === undefined ? {} : { feedsDir }),
    ...(notifyEpss === undefined ? {} : { notifyEpss }),
    ...(detectors === undefined ? {} : { detectors }),
  };
  const pool = (size: number, memory: number): IndexingPool =>
    createIndexingPool({
      size,
      start: () =>
        startIndexingProcess({
          script,
          settings: { ...context, db, feeds: named, maxFeedAge, layerPorts, ...optional },
          limits: { layerMillis: settings.layerMillis, memory },
        }),
    });
  const images = pool(settings.concurrency, settings.memory);
  const ofFeeds = pool(3, Math.max(feedMemory, settings.memory));
  return {
    images,
    feeds: ofFeeds,
    async close() {
      await Promise.all([images.close(), ofFeeds.close()]);
    },
  };
}

export interface IndexingContext {
  readonly pools: IndexingPools;
  readonly store: Store;
  readonly log: Log;
  /** Aborted when `serve` is asked to stop. */
  readonly draining: AbortSignal;
}

/** Indexing in processes of their own. */
export function startIndexing({ pools, store, log, draining }: IndexingContext): IsolatedIndexing {
  return isolatedIndexing({ pool: pools.images, store, log, stopping: givenBackAfter(draining) });
}

const finishMillis = 5000;

/** Layers that are being read may be finished for a while; then they are given back, to be read after the next start. */
function givenBackAfter(draining: AbortSignal): AbortSignal {
  const stopping = new AbortController();
  draining.addEventListener('abort', () => {
    setTimeout(() => {
      stopping.abort();
    }, finishMillis).unref();
  });
  return stopping.signal;
}
