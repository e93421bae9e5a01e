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
import type { DetectorClient, Store } from '@clarion/model';
import { clairFormats } from '@clarion/clair-v4/formats';
import { reportFormats } from '@clarion/report-formats';
import type { DetectorAddress } from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { countVulnerabilities, type ReportJob, reportContent, type ReportDeps } from '@clarion/use-cases';
import { type LayerBounds, layerLimits, type MatchSettings, matchSettings, measureLayers } from '@clarion/workers';

/** The settings of a process that reads uploads and composes images. */
export interface ImageProcessSettings extends LayerBounds {
  readonly mongodb: { readonly uri: string; readonly database: string };
  readonly addresses: readonly DetectorAddress[];
  readonly feeds: FeedSettings;
  /** Older advisory data makes a report stale. */
  readonly maxFeedAgeMillis: number;
}

/** The lease of a dead process on a composition ends after this time. */
const leaseMillis = 5000;

/** The main function of a process that reads uploads and composes images for the gateway. */
export function runImageProcess(): void {
  runChildProcess(open);
}

interface ImageJobContext {
  readonly matching: MatchSettings & { readonly store: Store };
  readonly detectors: DetectorClient;
}

/** The dependencies of jobs for uploads and compositions. */
export function imageJobDeps(bounds: LayerBounds, { matching, detectors }: ImageJobContext): ImageJobDeps {
  const { store, now } = matching;
  return {
    ...{ store, now, detectors, leaseMillis, owner: `api-gateway ${randomUUID()}` },
    count: (image) => countVulnerabilities(image, matching),
    openArchive: openStoredUpload,
    limits: layerLimits(bounds),
  };
}

async function open(settings: ImageProcessSettings): Promise<JobRunner<ImageJob | ReportJob, ImageReply, PartOfImage>> {
  const store = await openMongoStore(settings.mongodb);
  const services = settings.addresses.map((one) => grpcDetectorClient(one));
  const { feeds, maxFeedAgeMillis } = settings;
  const matching = { store, ...matchSettings({ ...feeds, maxFeedAgeMillis }) };
  const deps = imageJobDeps(settings, { matching, detectors: joinedDetectorClient(services) });
  const reports: ReportDeps = {
    ...matching,
    detectors: deps.detectors,
    formats: [...reportFormats, ...clairFormats],
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
