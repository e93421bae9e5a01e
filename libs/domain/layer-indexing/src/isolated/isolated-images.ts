import { ProcessEnded, type ProcessPool } from '@clarion/child-processes';
import {
  ClarionError,
  type ClarionEvent,
  type Log,
  type DomainEvent,
  type OpenOptions,
  type ImageStore,
} from '@clarion/model';
import { endAttempt, type PartOfImage, recordCrash } from '../attempts';
import type { SubmissionKey } from '../submission-key';
import type { ReadImage } from '../index-image';
import type { ImageJob, ImageReply } from './image-job';
import type { LayerMeasure } from './layer-measure';

/** Like the dependencies of the use cases with the same names. */
export interface IsolatedImages {
  readonly indexArchive: (archive: AsyncIterable<Uint8Array>, options: ArchiveOptions) => Promise<ReadImage>;
  readonly compose: (image: SubmissionKey, caller?: string) => AsyncIterable<DomainEvent>;
}

type ArchiveOptions = OpenOptions & { readonly maxBytes: number; readonly caller?: string };

export interface IsolatedDeps<Job = ImageJob> {
  readonly pool: Pick<ProcessPool<Job, ImageReply>, 'run'>;
  readonly store: Pick<ImageStore, 'changeImage'>;
  readonly log: Log;
  /** Aborted when work has to be returned to the queue. */
  readonly stopping: AbortSignal;
  /** Called with measures of the process, for metrics. */
  readonly onMeasured?: (measure: LayerMeasure) => void;
}

export interface IsolatedImagesDeps extends IsolatedDeps {
  /** Writes an upload into a file that a process can open, without parsing it. */
  readonly storeUpload: (
    archive: AsyncIterable<Uint8Array>,
    options: { readonly maxBytes: number; readonly signal: AbortSignal | undefined },
  ) => Promise<{ readonly path: string; close(): Promise<void> }>;
}

/** Reads uploads and composes images for the use cases, in processes that may be killed. */
export function isolatedImages(deps: IsolatedImagesDeps): IsolatedImages {
  const { log, stopping, storeUpload } = deps;
  return {
    async *compose(of, caller = of.image) {
      // Nothing else would retry it soon: the attempts of this image limit the loop.
      for (let again = true; again && !stopping.aborted;) {
        again = false;
        try {
          for await (const event of eventsOf(run({ kind: 'compose', of }, deps, { caller })))
            yield event as DomainEvent;
        } catch (error) {
          try {
            yield* recorded(error, deps);
          } catch (retry) {
            again = error instanceof ProcessEnded && !error.stopped && error.part !== undefined;
            if (!again) throw retry;
          }
        }
      }
    },
    async indexArchive(archive, { maxBytes, imageName, platform, ...waiting }) {
      const { signal } = waiting;
      const stored = await storeUpload(archive, { maxBytes, signal });
      const named = {
        ...(imageName === undefined ? {} : { imageName }),
        ...(platform === undefined ? {} : { platform }),
      };
      try {
        return await imageOf(run({ kind: 'archive', path: stored.path, maxBytes, ...named }, deps, waiting));
      } catch (error) {
        if (!(error instanceof ProcessEnded)) throw error;
        log.warn('A process that was reading an archive is gone', { reason: error.reason });
        const code = error.stopped ? 'upstream-unavailable' : 'limit-exceeded';
        throw new ClarionError(code, `Reading the archive ${error.reason}`, { cause: error });
      } finally {
        await stored.close();
      }
    },
  };
}

/** Records why a process ended; throws when the work has to be done again. */
export async function* recorded(
  error: unknown,
  { store, log }: Pick<IsolatedDeps, 'store' | 'log'>,
): AsyncGenerator<DomainEvent> {
  if (!(error instanceof ProcessEnded)) throw error;
  const { reason, stopped } = error;
  const part = error.part as PartOfImage | undefined;
  if (!stopped) log.warn('A process that was indexing is gone', { reason, ...part });
  if (part !== undefined && !stopped) yield* recordCrash(part, reason, store);
  else {
    if (part !== undefined) await endAttempt(part, store);
    throw new ClarionError('upstream-unavailable', `The work ${reason}`, { cause: error });
  }
}

export async function* run<Job>(
  job: Job,
  { pool, stopping, onMeasured }: Pick<IsolatedDeps<Job>, 'pool' | 'stopping' | 'onMeasured'>,
  { caller, signal }: { readonly caller?: string; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<ImageReply> {
  const either = firstOf(stopping, signal);
  try {
    const replies = pool.run(job, { ...(caller === undefined ? {} : { caller }), signal: either.signal });
    for await (const reply of replies) {
      if (reply.kind === 'measured') onMeasured?.(reply.measure);
      else yield reply;
    }
  } finally {
    either.forget();
  }
}

export async function* eventsOf(replies: AsyncIterable<ImageReply>): AsyncGenerator<ClarionEvent> {
  for await (const reply of replies) if (reply.kind === 'event') yield reply.event;
}

async function imageOf(replies: AsyncIterable<ImageReply>): Promise<ReadImage> {
  let read: ReadImage | undefined;
  for await (const reply of replies) if (reply.kind === 'image') read = reply.read;
  if (read === undefined) throw new TypeError('An archive gives one image');
  return read;
}

/** Aborts with the first of both. `AbortSignal.any` would keep a listener for every job on the longer-lived one. */
function firstOf(outer: AbortSignal, inner: AbortSignal | undefined): { readonly signal: AbortSignal; forget(): void } {
  const either = new AbortController();
  const both = [outer, ...(inner === undefined ? [] : [inner])];
  const abort = (): void => {
    either.abort(new ClarionError('upstream-unavailable', 'The work was given back'));
  };
  for (const signal of both) {
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: either.signal,
    forget: () => {
      for (const signal of both) signal.removeEventListener('abort', abort);
    },
  };
}
