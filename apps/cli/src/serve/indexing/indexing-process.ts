import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { callerPorts, createEgress } from '@clarion/egress';
import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { allDetectors, completeImage, indexLayer, indexOpened, type IndexLayerDeps } from '@clarion/layer-indexing';
import { openStoredUpload, openSubmittedImage } from '@clarion/layer-sources';
import { ClarionError, type Store } from '@clarion/model';
import { createSealer } from '@clarion/sealing';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { countVulnerabilities } from '@clarion/use-cases';
import { openDetectors } from '../../detectors';
import { clarionVersion } from '../../release';
import { egressFor } from '../egress-for';
import { feedJob } from './feed-job';
import type { FromProcess, IndexingSettings, Job, SentError, ToProcess } from './messages';

/** How long work may take to be given back after the parent is gone. */
const givingBackMillis = 2000;
/** What a dead process was reading is free after so long. */
const leaseMillis = 5000;

/**
 * The whole of an indexing process: does the jobs that its parent sends, one after the other, until the parent ends or
 * closes the channel. The parent watches time and memory, and kills it when it takes too much of either.
 */
export function runIndexingProcess(): void {
  // A terminal, or a supervisor, sends these to all processes: the parent decides what they mean.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  dieFirst();
  let opened: Promise<Indexing> | undefined;
  let running = { abort: new AbortController(), ended: Promise.resolve() };
  process.on('message', (message: ToProcess) => {
    switch (message.kind) {
      case 'settings':
        endWith(message.settings.parent);
        opened = open(message.settings);
        // The job that needs it tells what is wrong.
        opened.catch(() => undefined);
        return;
      case 'job': {
        const abort = new AbortController();
        running = { abort, ended: done(message.job, opened, abort.signal) };
        return;
      }
      case 'abort':
        running.abort.abort(new ClarionError('upstream-unavailable', 'The work was given back'));
    }
  });
  process.on('disconnect', () => {
    running.abort.abort(new ClarionError('upstream-unavailable', 'The work was given back'));
    setTimeout(() => process.exit(1), givingBackMillis).unref();
    void running.ended
      .then(async () => (await opened)?.close())
      .catch(() => undefined)
      .then(() => process.exit(0));
  });
}

/** Of the processes of a machine, or a container, without memory the system takes this one. */
function dieFirst(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not Linux.
  }
}

/** Ends this process after its parent, whatever it is doing then: a thread looks for it. */
function endWith(parent: number): void {
  const watch = `
    const { workerData } = require('node:worker_threads');
    const timer = setInterval(() => {
      if (process.ppid === workerData.parent) return;
      clearInterval(timer);
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), workerData.millis);
    }, 500);`;
  const resourceLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 };
  new Worker(watch, { eval: true, workerData: { parent, millis: 2 * givingBackMillis }, resourceLimits }).unref();
}

interface Indexing {
  readonly store: Store;
  readonly updateFeed: ReturnType<typeof feedJob>;
  readonly deps: Omit<IndexLayerDeps, 'onBegin'>;
  close(): Promise<void>;
}

async function open(settings: IndexingSettings): Promise<Indexing> {
  const store = await openEmbeddedStore({ directory: settings.db, mentions: true });
  const egress = createEgress(settings.policy);
  const layerEgress = createEgress({ ...settings.policy, ports: callerPorts(settings.layerPorts) });
  const detectors = await openDetectors(settings.detectors);
  const sealer = createSealer(settings.sealingKeys);
  const now = (): Date => new Date();
  const matching = {
    ...{ store, ownVulnerabilities, now, clarionVersion },
    feeds: configuredFeeds(settings.feeds),
    maxFeedAgeMinutes: settings.maxFeedAge,
  };
  return {
    store,
    updateFeed: feedJob(settings, { store, egressTo: egressFor(settings.policy) }),
    deps: {
      ...{ store, now, leaseMillis, holder: `serve ${randomUUID()}` },
      detectors: detectors.client,
      open: ({ image, submission: { origin } }) =>
        Promise.resolve(
          openSubmittedImage({ image, origin }, { egress, layerEgress, open: (text) => sealer.open(text) }),
        ),
      count: (image) => countVulnerabilities(image, matching),
      limits: { millis: settings.layerMillis },
    },
    async close() {
      detectors.close();
      await Promise.all([egress.close(), layerEgress.close()]);
      await store.close();
    },
  };
}

async function done(job: Job, opened: Promise<Indexing> | undefined, signal: AbortSignal): Promise<void> {
  try {
    if (opened === undefined) throw new TypeError('The settings come before the first job');
    for await (const reply of work(job, await opened, signal)) tell(reply);
    tell({ kind: 'done' });
  } catch (error) {
    tell({ kind: 'failed', error: sent(error) });
  }
}

async function* work(
  job: Job,
  { deps, store, updateFeed }: Indexing,
  signal: AbortSignal,
): AsyncGenerator<FromProcess> {
  const onBegin: NonNullable<IndexLayerDeps['onBegin']> = (part) => {
    tell({ kind: 'begun', part });
  };
  switch (job.kind) {
    case 'layer': {
      const context = { signal, delivery: job.delivery };
      for await (const event of indexLayer({ ...deps, onBegin })(job.work, context)) yield { kind: 'event', event };
      return;
    }
    case 'feed':
      yield* updateFeed(job, signal, tell);
      return;
    case 'mentions':
      await store.packagesOf('');
      return;
    case 'compose': {
      const known = await allDetectors(deps.detectors);
      const events = completeImage(job.of, { ...deps, detectors: known, onBegin, signal });
      for await (const event of events) yield { kind: 'event', event };
      return;
    }
    case 'archive': {
      const { path, kind: _, ...options } = job;
      const opened = await openStoredUpload(path, { ...options, signal });
      const { store: layers, detectors: client, limits = {} } = deps;
      yield { kind: 'image', read: await indexOpened(opened, { layers, detectors: client, limits, signal }) };
    }
  }
}

function tell(message: FromProcess): void {
  // The channel is closed when the parent is gone; that is told by `disconnect`.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function sent(error: unknown): SentError {
  if (error instanceof ClarionError) {
    const { code, message, remedy } = error;
    return { code, message, ...(remedy === undefined ? {} : { remedy }) };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { message, ...(stack === undefined ? {} : { stack }) };
}
