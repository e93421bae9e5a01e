import { ProcessEnded, type ProcessPool } from '@clarion/child-processes';
import type { FeedEvent, UnwrittenFailures } from '@clarion/feed-updating';
import type { LayerMeasure } from '@clarion/layer-indexing';
import { ClarionError, type WorkHandler, type Log, type DomainEvent } from '@clarion/model';
import type { FeedJob, FeedReply, MentionsJob } from './messages';

export type FeedPool = ProcessPool<FeedJob, FeedReply>;
export type MentionsPool = ProcessPool<MentionsJob, never>;

export interface UpdatingDeps {
  readonly pool: FeedPool;
  readonly log: Log;
  /** Publishes the pending changes (the outbox). */
  readonly publishPending: () => Promise<unknown>;
  /** For logs and metrics. */
  readonly onEvent: (event: FeedEvent) => void;
  /** Called with measurements of the process. */
  readonly onMeasured: (measure: LayerMeasure) => void;
  /** Receives failures that the store does not get. */
  readonly failures: UnwrittenFailures;
}

/**
 * Handler of `work.feed`: parses, compares and commits in a separate process, as each step keeps a thread busy for
 * seconds. The bus retries when that process ends early.
 */
export function isolatedUpdating({
  pool,
  log,
  publishPending,
  onEvent,
  onMeasured,
  failures,
}: UpdatingDeps): WorkHandler<'work.feed'> {
  return async function* (work, { signal, delivery }) {
    const { feed } = work;
    const events: DomainEvent[] = [];
    try {
      for await (const reply of pool.run({ kind: 'feed', work, delivery }, { signal })) {
        if (reply.kind === 'event') events.push(reply.event as DomainEvent);
        else if (reply.kind === 'measured') onMeasured(reply.measure);
        else {
          if (reply.event.kind === 'finished') failures.forget(feed);
          onEvent(reply.event);
        }
      }
    } catch (error) {
      if (error instanceof ClarionError && error.code === 'storage-unavailable') failures.note(feed, error.message);
      if (!(error instanceof ProcessEnded)) throw error;
      const { reason, stopped } = error;
      if (!stopped) {
        failures.note(feed, `Updating ${feed} ${reason}`);
        log.warn('A process that was updating a feed is gone', { feed, reason });
      }
      throw new ClarionError('upstream-unavailable', `Updating ${feed} ${reason}`, { cause: error });
    }
    await publishPending();
    yield* events;
  };
}

/** Builds the index of mentions in a separate process. */
export async function buildMentions(pool: MentionsPool, signal: AbortSignal): Promise<void> {
  try {
    const replies = pool.run({ kind: 'mentions' }, { signal });
    while ((await replies.next()).done !== true);
  } catch (error) {
    if (!(error instanceof ProcessEnded)) throw error;
    throw new ClarionError('upstream-unavailable', `Indexing what feeds mention ${error.reason}`, { cause: error });
  }
}
