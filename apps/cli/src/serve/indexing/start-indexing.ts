import type { Log, Store } from '@clarion/model';
import type { ServeSettings } from '../settings';
import { isolatedIndexing, type IsolatedIndexing } from './isolated-indexing';
import { createIndexingPool } from './pool';
import { type ProcessOptions, startIndexingProcess } from './process-handle';

export interface IndexingContext extends Pick<ProcessOptions['settings'], 'policy' | 'sealingKeys'> {
  readonly store: Store;
  readonly log: Log;
  /** Aborted when `serve` is asked to stop. */
  readonly draining: AbortSignal;
}

export interface StartedIndexing extends IsolatedIndexing {
  /** Ends all processes. */
  close(): Promise<void>;
}

/** Indexing in processes that are started from this program when there is work. */
export function startIndexing(settings: ServeSettings, context: IndexingContext): StartedIndexing {
  const { store, log, draining, policy, sealingKeys } = context;
  const { program: script, db, maxFeedAge, feeds, config, layerPorts, detectors } = settings;
  const named = { ...(feeds === undefined ? {} : { feeds }), ...(config === undefined ? {} : { config }) };
  const pool = createIndexingPool({
    size: settings.concurrency,
    start: () =>
      startIndexingProcess({
        script,
        settings: {
          ...{ db, policy, sealingKeys, feeds: named, maxFeedAge, layerPorts },
          ...(detectors === undefined ? {} : { detectors }),
        },
        limits: { layerMillis: settings.layerMillis, memory: settings.memory },
      }),
  });
  const stopping = givenBackAfter(draining);
  return { ...isolatedIndexing({ pool, store, log, stopping }), close: () => pool.close() };
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
