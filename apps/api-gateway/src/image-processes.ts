import {
  createProcessPool,
  type PoolOptions,
  type ProcessLimits,
  type ProcessPool,
  startProcess,
} from '@clarion/child-processes';
import {
  type ImageJob,
  imageJobMillis,
  type ImageReply,
  isolatedImages,
  type IsolatedImages,
  type LayerMeasure,
} from '@clarion/layer-indexing';
import { emptyFile, storeUpload } from '@clarion/layer-sources';
import type { Log, Store } from '@clarion/model';
import type { ConfigOf, DetectorAddress } from '@clarion/service-runtime';
import { isolatedReports, type RenderElsewhere, type ReportJob } from '@clarion/use-cases';
import type { settings } from './config';
import type { ImageProcessSettings } from './image-process';

export interface ImageProcesses {
  /** Reads uploads and composes images for the use cases. */
  readonly images: IsolatedImages;
  /** Writes reports of large images, one at a time. */
  readonly renderElsewhere: RenderElsewhere;
  /** Ends all processes. */
  close(): Promise<void>;
}

export interface ImageProcessesContext {
  readonly addresses: readonly DetectorAddress[];
  readonly store: Store;
  readonly log: Log;
  /** Aborted when work has to be returned to the queue. */
  readonly stopping: AbortSignal;
  /** Called with measurements of the processes. */
  readonly onMeasured: (measure: LayerMeasure) => void;
}

/** Processes of this program that start when there is an archive to read or an image to compose. */
export function startImageProcesses(
  config: ConfigOf<typeof settings>,
  { addresses, ...context }: ImageProcessesContext,
): ImageProcesses {
  const { mongodbUri, mongodbDatabase, feeds, layerMemory, uploads, maxFeedAgeMillis } = config;
  const { layerMillis, layerBytes, layerTarBytes } = config;
  const ofProcess: ImageProcessSettings = {
    mongodb: { uri: mongodbUri, database: mongodbDatabase },
    ...{ addresses, layerMillis, layerBytes, layerTarBytes, maxFeedAgeMillis },
    feeds: { feeds },
  };
  const poolOf = <Job, Reply>(
    slots: Pick<PoolOptions<Job, Reply>, 'size' | 'spares'>,
    jobMillis: ProcessLimits<Job>['jobMillis'],
  ): ProcessPool<Job, Reply> =>
    createProcessPool({
      ...slots,
      start: () =>
        startProcess({
          script: process.argv[1] ?? '',
          settings: ofProcess,
          limits: { memory: layerMemory, partMillis: layerMillis, jobMillis },
        }),
    });
  // The spare process is for an upload that was accepted although other callers use all slots.
  const pool = poolOf<ImageJob, ImageReply>({ size: uploads, spares: 1 }, (job) => imageJobMillis(job, layerMillis));
  const reports = poolOf<ReportJob, never>({ size: 1 }, () => layerMillis);
  return {
    images: isolatedImages({ ...context, pool, storeUpload }),
    renderElsewhere: isolatedReports({ pool: reports, emptyFile, log: context.log }),
    async close() {
      await Promise.all([pool.close(), reports.close()]);
    },
  };
}
