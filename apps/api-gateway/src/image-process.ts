import { randomUUID } from 'node:crypto';
import { runChildProcess, type JobRunner } from '@clarion/child-processes';
import { joinedDetectorClient } from '@clarion/detector-client';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import type { FeedSettings } from '@clarion/feed-sources';
import {
  doImageJob,
  type ImageJob,
  type ImageJobDeps,
  type ImageReply,
  type PartOfImage,
} from '@clarion/layer-indexing';
import { fillFile, openStoredUpload } from '@clarion/layer-sources';
import { reportFormats } from '@clarion/report-formats';
import type { DetectorAddress } from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { countVulnerabilities, type ReportJob, reportContent, type ReportDeps } from '@clarion/use-cases';
import { matchSettings, measureLayers } from '@clarion/workers';

/** The settings of a process that reads uploads and composes images. */
export interface ImageProcessSettings {
  readonly mongodb: { readonly uri: string; readonly database: string };
  readonly addresses: readonly DetectorAddress[];
  readonly feeds: FeedSettings;
  /** Older advisory data makes a report stale. */
  readonly maxFeedAgeMillis: number;
  /** How long reading one layer may take. */
  readonly layerMillis: number;
}

/** The lease of a dead process on a composition ends after this time. */
const leaseMillis = 5000;

/** The main function of a process that reads uploads and composes images for the gateway. */
export function runImageProcess(): void {
  runChildProcess(open);
}

async function open(settings: ImageProcessSettings): Promise<JobRunner<ImageJob | ReportJob, ImageReply, PartOfImage>> {
  const store = await openMongoStore(settings.mongodb);
  const services = settings.addresses.map((one) => grpcDetectorClient(one));
  const { feeds, layerMillis, maxFeedAgeMillis } = settings;
  const matching = { store, ...matchSettings({ ...feeds, maxFeedAgeMillis }) };
  const deps: ImageJobDeps = {
    ...{ store, now: matching.now, leaseMillis, owner: `api-gateway ${randomUUID()}` },
    detectors: joinedDetectorClient(services),
    count: (image) => countVulnerabilities(image, matching),
    openArchive: openStoredUpload,
    limits: { millis: layerMillis },
  };
  const reports: ReportDeps = {
    ...matching,
    detectors: deps.detectors,
    formats: reportFormats,
  };
  return {
    async *work(job, context) {
      if (job.kind === 'report') {
        await fillFile(job.path, reportContent(job, reports));
        return;
      }
      const measures = measureLayers(deps.count, (measure) => {
        context.sendReply({ kind: 'measured', measure });
      });
      yield* doImageJob(job, { ...deps, ...measures }, context);
    },
    async close() {
      for (const service of services) service.close();
      await store.close();
    },
  };
}
