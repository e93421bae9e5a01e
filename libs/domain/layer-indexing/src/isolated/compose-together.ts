import type { SubmissionKey } from '../submission-key';
import type { ImageJob, LayerJob } from './image-job';
import { eventsOf, type IsolatedDeps, run } from './isolated-images';

/** Most images of one job. */
const mostTogether = 16;

/** Composes images whose layers are known. */
export interface ImageComposer {
  /** Resolves to false when it has to be composed alone. */
  readonly image: (of: SubmissionKey, caller: string) => Promise<boolean>;
  /** The number of images that wait. */
  readonly waiting: () => number;
}

interface Waiting {
  readonly of: SubmissionKey;
  readonly caller: string;
  readonly resolve: (done: boolean) => void;
}

/** Images that become ready while others are being composed are the next job: one process composes and stores them together. */
export function composeTogether(deps: IsolatedDeps<ImageJob | LayerJob>): ImageComposer {
  const waiting: Waiting[] = [];
  let isRunning = false;
  const runWaiting = async (): Promise<void> => {
    isRunning = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, mostTogether);
      const done = await composed(batch, deps);
      for (const { of, resolve } of batch) resolve(done.has(of.image));
    }
    isRunning = false;
  };
  return {
    image: (of, caller) =>
      new Promise((resolve) => {
        waiting.push({ of, caller, resolve });
        if (!isRunning) void runWaiting();
      }),
    waiting: () => waiting.length,
  };
}

/** The images that were composed. */
async function composed(
  batch: readonly Waiting[],
  deps: IsolatedDeps<ImageJob | LayerJob>,
): Promise<ReadonlySet<string>> {
  const images = batch.map(({ of }) => of);
  const done = new Set<string>();
  const caller = batch[0]?.caller ?? '';
  try {
    for await (const event of eventsOf(run({ kind: 'compose together', images }, deps, { caller, signal: undefined })))
      if (event.kind === 'image.indexed') done.add(event.image);
  } catch (error) {
    // Each of the others is composed alone: the image that ended the process ends it again, and is recorded then.
    deps.log.warn('Images have to be composed alone', { images: images.length - done.size, error });
  }
  return done;
}
