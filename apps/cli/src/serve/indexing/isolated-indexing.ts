import { endAttempt, type ReadImage, recordCrash } from '@clarion/layer-indexing';
import { storeUpload } from '@clarion/layer-sources';
import { ClarionError, type Handler, type Log, type NewsEvent, type Store } from '@clarion/model';
import type { UseCaseDependencies } from '@clarion/use-cases';
import type { Job, Reply } from './messages';
import type { IndexingPool } from './pool';
import { ProcessEnded } from './process-handle';

export interface IsolatedIndexing extends Required<Pick<UseCaseDependencies, 'indexArchive' | 'compose'>> {
  readonly layer: Handler<'work.layer'>;
}

export interface IsolatedDeps {
  readonly pool: IndexingPool;
  readonly store: Pick<Store, 'changeImage'>;
  readonly log: Log;
  /** Aborted when work has to be given back. */
  readonly stopping: AbortSignal;
}

/** Indexing as handlers and use cases ask for it, in processes that may be killed. */
export function isolatedIndexing({ pool, store, log, stopping }: IsolatedDeps): IsolatedIndexing {
  /** Keeps why a process ended; throws when the work is to be done again. */
  async function* recorded(error: unknown): AsyncGenerator<NewsEvent> {
    if (!(error instanceof ProcessEnded)) throw error;
    const { reason, part, stopped } = error;
    if (!stopped) log.warn('A process that was indexing is gone', { reason, ...part });
    if (part !== undefined && !stopped) yield* recordCrash(part, reason, store);
    else {
      if (part !== undefined) await endAttempt(part, store);
      throw new ClarionError('upstream-unavailable', `The work ${reason}`, { cause: error });
    }
  }
  async function* run(job: Job, signal?: AbortSignal): AsyncGenerator<Reply> {
    const either = firstOf(stopping, signal);
    try {
      yield* pool.run(job, either.signal);
    } finally {
      either.forget();
    }
  }
  return {
    async *layer(work, { signal, delivery }) {
      try {
        for await (const reply of run({ kind: 'layer', work, delivery }, signal)) {
          if (reply.kind === 'event') yield reply.event;
        }
      } catch (error) {
        yield* recorded(error);
      }
    },
    async *compose(of) {
      // Nobody would order it again soon: the attempts of this image bound it.
      for (let again = true; again && !stopping.aborted;) {
        again = false;
        try {
          for await (const reply of run({ kind: 'compose', of }))
            if (reply.kind === 'event') yield reply.event as NewsEvent;
        } catch (error) {
          try {
            yield* recorded(error);
          } catch (retry) {
            again = error instanceof ProcessEnded && !error.stopped && error.part !== undefined;
            if (!again) throw retry;
          }
        }
      }
    },
    async indexArchive(archive, { maxBytes, imageName, platform, signal }) {
      const stored = await storeUpload(archive, { maxBytes, signal });
      const named = {
        ...(imageName === undefined ? {} : { imageName }),
        ...(platform === undefined ? {} : { platform }),
      };
      try {
        const replies = run({ kind: 'archive', path: stored.path, maxBytes, ...named }, signal);
        return await imageOf(replies);
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

async function imageOf(replies: AsyncIterable<Reply>): Promise<ReadImage> {
  let read: ReadImage | undefined;
  for await (const reply of replies) if (reply.kind === 'image') read = reply.read;
  if (read === undefined) throw new TypeError('An archive gives one image');
  return read;
}

/** Aborts with the first of both. `AbortSignal.any` would keep a listener for every job on the one that outlives them. */
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
