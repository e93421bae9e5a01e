import type { ProcessPool } from '@clarion/child-processes';
import type { FeedSource, Log, FeedStore } from '@clarion/model';
import type { CountsJob } from './messages';

export type CountsPool = ProcessPool<CountsJob, never>;

export interface PendingCountsDeps {
  readonly store: Pick<FeedStore, 'feedStates'>;
  /** Those that take part in reports. */
  readonly feeds: readonly Pick<FeedSource, 'id'>[];
  readonly pool: CountsPool;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly signal: AbortSignal;
}

/**
 * Makes a function that looks for feeds that the command line has loaded or imported beside this process, and has what images
 * have counted again for them. It does not wait for that; what fails is tried again at a later look.
 */
export function createPendingCounts({ store, feeds, pool, log, signal }: PendingCountsDeps): () => Promise<void> {
  const known = new Set(feeds.map(({ id }) => id));
  let counting: Promise<void> | undefined;
  const count = async (pending: readonly string[]): Promise<void> => {
    for (const feed of pending) {
      try {
        const replies = pool.run({ kind: 'counts', feed }, { signal });
        while ((await replies.next()).done !== true);
        log.info('Vulnerabilities of images were counted again', { feed });
      } catch (error) {
        if (signal.aborted) return;
        log.warn('Vulnerabilities of images could not be counted again', { feed, error });
      }
    }
  };
  return async () => {
    if (counting !== undefined) return;
    const states = await store.feedStates();
    const pending = states.flatMap(({ feed, countsPending }) =>
      countsPending === true && known.has(feed) ? [feed] : [],
    );
    if (pending.length === 0) return;
    counting = count(pending).finally(() => {
      counting = undefined;
    });
  };
}
