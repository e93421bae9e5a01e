import { randomUUID } from 'node:crypto';
import { runChildProcess, type Workshop } from '@clarion/child-processes';
import { joinedDetectorClient } from '@clarion/detector-client';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import { configuredFeeds, type FeedSettings, ownVulnerabilities } from '@clarion/feed-sources';
import {
  doImageJob,
  type ImageJob,
  type ImageJobDeps,
  type ImageReply,
  type PartOfImage,
} from '@clarion/layer-indexing';
import { openStoredUpload } from '@clarion/layer-sources';
import type { DetectorAddress } from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { countVulnerabilities } from '@clarion/use-cases';
import { clarionVersion } from './release';

/** What a process that reads uploads and composes images works with. */
export interface ImageProcessSettings {
  readonly mongodb: { readonly uri: string; readonly database: string };
  readonly addresses: readonly DetectorAddress[];
  readonly feeds: FeedSettings;
  /** How long reading one layer may take. */
  readonly layerMillis: number;
}

/** What a dead process was composing is free after so long. */
const leaseMillis = 5000;

/** The whole of a process that reads uploads and composes images for the gateway. */
export function runImageProcess(): void {
  runChildProcess(open);
}

async function open(settings: ImageProcessSettings): Promise<Workshop<ImageJob, ImageReply, PartOfImage>> {
  const store = await openMongoStore(settings.mongodb);
  const services = settings.addresses.map((one) => grpcDetectorClient(one));
  const now = (): Date => new Date();
  const feeds = configuredFeeds(settings.feeds);
  const matching = { store, feeds, ownVulnerabilities, now, maxFeedAgeMinutes: 0, clarionVersion };
  const deps: ImageJobDeps = {
    ...{ store, now, leaseMillis, holder: `api-gateway ${randomUUID()}` },
    detectors: joinedDetectorClient(services),
    count: (image) => countVulnerabilities(image, matching),
    openArchive: openStoredUpload,
    limits: { millis: settings.layerMillis },
  };
  return {
    work: (job, context) => doImageJob(job, deps, context),
    async close() {
      for (const service of services) service.close();
      await store.close();
    },
  };
}
