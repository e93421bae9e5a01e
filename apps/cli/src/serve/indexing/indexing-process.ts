import { randomUUID } from 'node:crypto';
import { type JobContext, runChildProcess, type Workshop } from '@clarion/child-processes';
import { callerPorts, createEgress } from '@clarion/egress';
import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { doImageJob, indexLayer, type IndexLayerDeps, type PartOfImage } from '@clarion/layer-indexing';
import { fillFile, openStoredUpload, openSubmittedImage } from '@clarion/layer-sources';
import type { Store } from '@clarion/model';
import { clarionVersion } from '@clarion/release';
import { reportFormats } from '@clarion/report-formats';
import { createSealer } from '@clarion/sealing';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { countVulnerabilities, reportContent, type ReportDeps } from '@clarion/use-cases';
import { openDetectors } from '../../detectors';
import { egressFor } from '../egress-for';
import { countsJob } from './counts-job';
import { feedJob } from './feed-job';
import type { IndexingSettings, Job, Reply } from './messages';

/** What a dead process was reading is free after so long. */
const leaseMillis = 5000;

/** The whole of an indexing process. */
export function runIndexingProcess(): void {
  runChildProcess(open);
}

interface Indexing {
  readonly store: Store;
  readonly updateFeed: ReturnType<typeof feedJob>;
  readonly settleCounts: ReturnType<typeof countsJob>;
  readonly deps: Omit<IndexLayerDeps, 'onBegin'>;
  readonly reports: ReportDeps;
}

async function open(settings: IndexingSettings): Promise<Workshop<Job, Reply, PartOfImage>> {
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
  const indexing: Indexing = {
    store,
    reports: { ...matching, detectors: detectors.client, formats: reportFormats },
    updateFeed: feedJob(settings, { store, egressTo: egressFor(settings.policy) }),
    settleCounts: countsJob(settings, store),
    deps: {
      ...{ store, now, leaseMillis, owner: `serve ${randomUUID()}` },
      detectors: detectors.client,
      open: ({ image, submission: { origin } }) =>
        Promise.resolve(
          openSubmittedImage({ image, origin }, { egress, layerEgress, open: (text) => sealer.open(text) }),
        ),
      count: (image) => countVulnerabilities(image, matching),
      limits: { millis: settings.layerMillis },
    },
  };
  return {
    work: (job, context) => work(job, indexing, context),
    async close() {
      detectors.close();
      await Promise.all([egress.close(), layerEgress.close()]);
      await store.close();
    },
  };
}

async function* work(
  job: Job,
  { deps, store, reports, updateFeed, settleCounts }: Indexing,
  context: JobContext<Reply, PartOfImage>,
): AsyncGenerator<Reply> {
  const { signal, begin: onBegin } = context;
  switch (job.kind) {
    case 'layer': {
      const events = indexLayer({ ...deps, onBegin })(job.work, { signal, delivery: job.delivery });
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
      await settleCounts(job.feed, context.signal);
      return;
    case 'report':
      await fillFile(job.path, reportContent(job, reports));
      return;
    case 'compose':
    case 'archive':
      yield* doImageJob(job, { ...deps, openArchive: openStoredUpload }, context);
  }
}
