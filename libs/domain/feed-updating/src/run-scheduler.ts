import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventId, type Bus, type FeedSource, type Log, type FeedStore } from '@clarion/model';
import { dueUpdates } from './schedule';

export interface SchedulerDeps {
  readonly feeds: readonly FeedSource[];
  readonly store: Pick<FeedStore, 'feedStates'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly log: Log;
  /** How often to check which feeds are due. */
  readonly everyMillis: number;
  /** Spreads installations over time: the same in all processes of one installation, different in others. */
  readonly seed: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** Also called on each check, to publish changes that were written but not published. */
  readonly publishPending: () => Promise<unknown>;
}

/** An update that was ordered and has not ended is ordered again after this time, in case it was lost. */
const reorderMillis = 30 * 60_000;

/** Orders updates of feeds that are due, until `signal` aborts. Failures are logged and retried on the next check. */
export async function runScheduler(deps: SchedulerDeps): Promise<void> {
  const { log, signal, everyMillis } = deps;
  const ordered = new Map<string, number>();
  while (!signal.aborted) {
    try {
      await deps.publishPending();
      await orderDue(deps, ordered);
    } catch (error) {
      log.warn('Updates could not be ordered', { error });
    }
    await sleep(everyMillis, undefined, { signal }).catch(() => undefined);
  }
}

async function orderDue(deps: SchedulerDeps, ordered: Map<string, number>): Promise<void> {
  const { feeds, store, bus, log, seed } = deps;
  const now = deps.now();
  const age = (id: string): number => now.getTime() - (ordered.get(id) ?? Number.NEGATIVE_INFINITY);
  for (const event of dueUpdates(feeds, await store.feedStates(), {
    now,
    jitter: (feed) => spread(`${seed} ${feed}`),
  })) {
    const id = eventId(event);
    if (age(id) < reorderMillis) continue;
    await bus.publish([{ event }]);
    ordered.set(id, now.getTime());
    log.info('Update ordered', { feed: event.feed, request: event.request });
  }
  for (const id of [...ordered.keys()]) if (age(id) >= reorderMillis) ordered.delete(id);
}

/** A number from 0 to 1 that depends only on the text. */
function spread(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}
