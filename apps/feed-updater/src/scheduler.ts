import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { dueUpdates } from '@clarion/feed-updating';
import { eventId, type Bus, type FeedSource, type Log, type Store } from '@clarion/model';

export interface SchedulerDeps {
  readonly feeds: readonly FeedSource[];
  readonly store: Pick<Store, 'feedStates'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly log: Log;
  readonly everyMillis: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Done at every look, too: what was written and not told is told. */
  readonly tellChanges: () => Promise<unknown>;
}

/** An update that was ordered and has not ended is ordered again after this time, should it have been lost. */
const reorderMillis = 30 * 60_000;

/** Orders updates of feeds that are due, until `signal` aborts. Failures are logged and tried again at the next look. */
export async function runScheduler(deps: SchedulerDeps): Promise<void> {
  const { log, signal, everyMillis } = deps;
  const ordered = new Map<string, number>();
  while (!signal.aborted) {
    try {
      await deps.tellChanges();
      await orderDue(deps, ordered);
    } catch (error) {
      log.warn('Updates could not be ordered', { error });
    }
    await sleep(everyMillis, undefined, { signal }).catch(() => undefined);
  }
}

async function orderDue({ feeds, store, bus, log, now }: SchedulerDeps, ordered: Map<string, number>): Promise<void> {
  const at = now();
  for (const event of dueUpdates(feeds, await store.feedStates(), { now: at, jitter })) {
    const id = eventId(event);
    if (at.getTime() - (ordered.get(id) ?? -Infinity) < reorderMillis) continue;
    await bus.publish([{ event }]);
    ordered.set(id, at.getTime());
    log.info('Update ordered', { feed: event.feed, request: event.request });
  }
  for (const [id, time] of ordered) if (at.getTime() - time >= reorderMillis) ordered.delete(id);
}

/** Spreads feeds, and installations by their name in the environment, over time; the same in all replicas. */
function jitter(feed: string): number {
  return (
    createHash('sha256')
      .update(`${process.env['CLARION_TENANT'] ?? ''} ${feed}`)
      .digest()
      .readUInt32BE() /
    2 ** 32
  );
}
