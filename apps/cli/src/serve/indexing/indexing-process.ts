import { randomUUID } from 'node:crypto';
import { type JobContext, runChildProcess, type JobRunner } from '@clarion/child-processes';
import {
  doImageJob,
  indexLayer,
  type IndexLayerDeps,
  type LayerMeasure,
  type PartOfImage,
} from '@clarion/layer-indexing';
import { fillFile, openStoredUpload } from '@clarion/layer-sources';
import type { Store } from '@clarion/model';
import { openLayerEgress, upstreamsOf } from '@clarion/outbound';
import { clairFormats } from '@clarion/clair-v4/formats';
import { reportFormats } from '@clarion/report-formats';
import { createSealer } from '@clarion/sealing';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { reportContent, type ReportDeps } from '@clarion/use-cases';
import { layerWork, matchSettings, measureEgress, measureLayers, optimizeLate } from '@clarion/workers';
import { openDetectors } from '../../detectors';
import { countsJob } from './counts-job';
import { feedJob } from './feed-job';
import type { IndexingSettings, ProcessJob, ProcessReply } from './messages';

/** The lease of a dead process on a layer ends after this time. */
const leaseMillis = 5000;

/** The main function of an indexing process. */
export function runIndexingProcess(): void {
  runChildProcess(open);
}

interface Indexing {
  readonly store: Store;
  readonly updateFeed: ReturnType<typeof feedJob>;
  readonly settleCounts: ReturnType<typeof countsJob>;
  readonly deps: Omit<IndexLayerDeps, 'onBegin'>;
  readonly reports: ReportDeps;
  /** Reports measurements to the process with the metrics. */
  report: (measure: LayerMeasure) => void;
}

async function open(settings: IndexingSettings): Promise<JobRunner<ProcessJob, ProcessReply, PartOfImage>> {
  if (settings.readsLayers) optimizeLate();
  const { db, feeds, maxFeedAgeMillis, scratch: scratchDirectory, epssThreshold } = settings;
  const store = await openEmbeddedStore({ directory: db, mentions: true });
  // One job at a time: its requests are reported with its replies.
  const observer = measureEgress((measure) => {
    indexing.report(measure);
  });
  const ways = openLayerEgress(settings, observer);
  const detectors = await openDetectors(settings);
  const matching = matchSettings({ ...feeds, maxFeedAgeMillis });
  const owner = `serve ${randomUUID()}`;
  const ofLayer = layerWork(settings, {
    ...{ store, ways, matching, owner },
    detectors: detectors.client,
    sealer: createSealer(settings.sealingKeys),
  });
  const indexing: Indexing = {
    store,
    report: () => undefined,
    reports: { ...matching, store, detectors: detectors.client, formats: [...reportFormats, ...clairFormats] },
    updateFeed: feedJob({
      ...{ store, matching, scratchDirectory, epssThreshold, owner },
      // Resolved late: a missing mirror must not keep this process from images.
      upstreamFor: (...of) => upstreamsOf(settings, observer)(...of),
    }),
    settleCounts: countsJob(matching, store),
    deps: { ...ofLayer, leaseMillis },
  };
  return {
    work(job, context) {
      indexing.report = (measure) => {
        context.sendReply({ kind: 'measured', measure });
      };
      return work(job, indexing, context);
    },
    async close() {
      detectors.close();
      await ways.close();
      await store.close();
    },
  };
}

async function* work(
  job: ProcessJob,
  { deps: ofLayer, store, reports, report, updateFeed, settleCounts }: Indexing,
  context: JobContext<ProcessReply, PartOfImage>,
): AsyncGenerator<ProcessReply> {
  const { signal, begin: onBegin } = context;
  const deps = { ...ofLayer, ...measureLayers(ofLayer.count, report) };
  switch (job.kind) {
    case 'layer': {
      const events = indexLayer({ ...deps, onBegin, completes: job.onlyRead !== true })(job.work, {
        signal,
        delivery: job.delivery,
      });
      for await (const event of events) yield { kind: 'event', event };
      return;
    }
    case 'feed':
      yield* updateFeed(job, context);
      return;
    case 'mentions':
      await store.packagesOf('');
      return;
    case 'counts':
      await settleCounts(job.feeds, context.signal);
      return;
    case 'report':
      await fillFile(job.path, reportContent(job, reports));
      return;
    case 'compose':
    case 'compose together':
    case 'archive':
      yield* doImageJob(job, { ...deps, openArchive: openStoredUpload }, context);
  }
}
