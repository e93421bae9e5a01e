import type { ProcessPool } from '@clarion/child-processes';
import type { FeedSource, Log, FeedStore } from '@clarion/model';
import type { CountsJob } from './messages';

export type CountsPool = ProcessPool<CountsJob, never>;

export interface PendingCountsDeps {
  readonly store: Pick<FeedStore, 'feedStates'>;
  /** The feeds that take part in reports. */
  readonly feeds: readonly Pick<FeedSource, 'id'>[];
  readonly pool: CountsPool;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly signal: AbortSignal;
  /** Milliseconds of a monotonic clock; that of the process unless given. */
  readonly clock?: () => number;
}

/** The pause of a feed after its first failure; it doubles each time. */
const firstPauseMillis = 10_000;
const longestPauseMillis = 3_600_000;

interface Failed {
  readonly times: number;
  readonly until: number;
}

/**
 * Makes a function that finds feeds that the command line has loaded or imported while this process runs, and starts
 * recounting the vulnerabilities of images for them. It does not wait for that; a failed count is retried at a later
 * call, after a pause that grows to an hour, as counting may take a whole core.
 */
export function createPendingCounts(deps: PendingCountsDeps): () => Promise<void> {
  const { store, feeds, pool, log, signal, clock = () => performance.now() } = deps;
  const known = new Set(feeds.map(({ id }) => id));
  const failures = new Map<string, Failed>();
  const isPaused = (feed: string): boolean => clock() < (failures.get(feed)?.until ?? 0);
  let counting: Promise<void> | undefined;
  const countTogether = async (together: readonly string[]): Promise<void> => {
    const replies = pool.run({ kind: 'counts', feeds: together }, { signal });
    while ((await replies.next()).done !== true);
    for (const feed of together) failures.delete(feed);
    log.info('Vulnerabilities of images were counted again', { feeds: together });
  };
  const countAlone = async (feed: string): Promise<void> => {
    try {
      await countTogether([feed]);
    } catch (error) {
      if (signal.aborted) return;
      const times = (failures.get(feed)?.times ?? 0) + 1;
      const pause = Math.min(firstPauseMillis * 2 ** (times - 1), longestPauseMillis);
      failures.set(feed, { times, until: clock() + pause });
      const seconds = pause / 1000;
      log.warn('Vulnerabilities of images could not be counted again', { feed, error, againInSeconds: seconds });
    }
  };
  // A bundle has all feeds: images are counted once for all of them, and once for each only after a failure.
  const count = async (pending: readonly string[]): Promise<void> => {
    const together = pending.filter((feed) => !failures.has(feed));
    const isCounted =
      together.length > 1 &&
      (await countTogether(together).then(
        () => true,
        () => false,
      ));
    for (const feed of pending) {
      if (signal.aborted) return;
      if (!isCounted || !together.includes(feed)) await countAlone(feed);
    }
  };
  return async () => {
    if (counting !== undefined) return;
    const states = await store.feedStates();
    const pending = states.flatMap(({ feed, countsPending }) =>
      countsPending === true && known.has(feed) && !isPaused(feed) ? [feed] : [],
    );
    if (pending.length === 0) return;
    counting = count(pending).finally(() => {
      counting = undefined;
    });
  };
}
