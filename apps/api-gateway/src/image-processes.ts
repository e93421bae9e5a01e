import { createProcessPool, startProcess } from '@clarion/child-processes';
import {
  type ImageJob,
  imageJobMillis,
  type ImageReply,
  isolatedImages,
  type IsolatedImages,
} from '@clarion/layer-indexing';
import { storeUpload } from '@clarion/layer-sources';
import type { Log, Store } from '@clarion/model';
import type { ConfigOf, DetectorAddress } from '@clarion/service-runtime';
import type { settings } from './config';
import type { ImageProcessSettings } from './image-process';

export interface ImageProcesses {
  /** Reading uploads and composing images, as the use cases ask for it. */
  readonly images: IsolatedImages;
  /** Ends all of them. */
  close(): Promise<void>;
}

export interface ImageProcessesContext {
  readonly addresses: readonly DetectorAddress[];
  readonly store: Store;
  readonly log: Log;
  /** Aborted when work has to be given back. */
  readonly stopping: AbortSignal;
}

/** Processes that are started from this program when there is an archive to read or an image to compose. */
export function startImageProcesses(
  config: ConfigOf<typeof settings>,
  { addresses, ...context }: ImageProcessesContext,
): ImageProcesses {
  const { mongodbUri, mongodbDatabase, feeds, layerMillis, layerMemory, uploads } = config;
  const ofProcess: ImageProcessSettings = {
    mongodb: { uri: mongodbUri, database: mongodbDatabase },
    ...{ addresses, layerMillis },
    feeds: { feeds },
  };
  const pool = createProcessPool<ImageJob, ImageReply>({
    size: uploads,
    // Of an upload that came although others had all places.
    spares: 1,
    start: () =>
      startProcess({
        script: process.argv[1] ?? '',
        settings: ofProcess,
        limits: {
          memory: layerMemory,
          partMillis: layerMillis,
          jobMillis: (job) => imageJobMillis(job, layerMillis),
        },
      }),
  });
  return { images: isolatedImages({ ...context, pool, storeUpload }), close: () => pool.close() };
}
