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
  /** Reading uploads and composing images, as the use cases ask for it. */
  readonly images: IsolatedImages;
  /** Writing reports of large images, one at a time. */
  readonly renderElsewhere: RenderElsewhere;
  /** Ends all of them. */
  close(): Promise<void>;
}

export interface ImageProcessesContext {
  readonly addresses: readonly DetectorAddress[];
  readonly store: Store;
  readonly log: Log;
  /** Aborted when work has to be given back. */
  readonly stopping: AbortSignal;
  /** What the processes measured. */
  readonly onMeasured: (measure: LayerMeasure) => void;
}

/** Processes that are started from this program when there is an archive to read or an image to compose. */
export function startImageProcesses(
  config: ConfigOf<typeof settings>,
  { addresses, ...context }: ImageProcessesContext,
): ImageProcesses {
  const { mongodbUri, mongodbDatabase, feeds, layerMillis, layerMemory, uploads, maxFeedAgeMillis } = config;
  const ofProcess: ImageProcessSettings = {
    mongodb: { uri: mongodbUri, database: mongodbDatabase },
    ...{ addresses, layerMillis, maxFeedAgeMillis },
    feeds: { feeds },
  };
  const poolOf = <Job, Reply>(
    places: Pick<PoolOptions<Job, Reply>, 'size' | 'spares'>,
    jobMillis: ProcessLimits<Job>['jobMillis'],
  ): ProcessPool<Job, Reply> =>
    createProcessPool({
      ...places,
      start: () =>
        startProcess({
          script: process.argv[1] ?? '',
          settings: ofProcess,
          limits: { memory: layerMemory, partMillis: layerMillis, jobMillis },
        }),
    });
  // The spare one is of an upload that came although others had all places.
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
