import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedSource, Handler, Store, Upstream } from '@clarion/model';
import type { FeedEvent, FeedFinished } from './events';
import type { OpenScratch } from './scratch';
import { updateFeed } from './update-feed';

export interface FeedWorkDeps {
  readonly store: Store;
  /** The feeds that are updated. */
  readonly feeds: readonly FeedSource[];
  readonly upstreamFor: (feed: FeedSource) => Upstream | undefined;
  readonly openScratch: OpenScratch;
  readonly now: () => Date;
  /** Names this process among those that update feeds. */
  readonly holder: string;
  /** A new time-ordered id. */
  readonly newId: () => string;
  /** Puts the changes that were written on the bus (the outbox). */
  readonly tellChanges: () => Promise<unknown>;
  /** What images hold must be counted anew: a feed was loaded for the first time, and that is told to nobody. */
  readonly onFirstLoad?: (feed: FeedSource) => Promise<void>;
  /** For logs and metrics. */
  readonly onEvent?: (event: FeedEvent) => void;
}

/** An updater that has not prolonged its lease for so long is taken for dead. */
const leaseMillis = 60_000;
const renewalMillis = 20_000;

/**
 * Handler of `work.feed`: one update of one feed, by one process at a time. A feed that another process is updating is
 * left to it. Failures of the upstream end in `feed.updated`; those of the store are thrown, for the bus to try again.
 */
export function updateFeedOnDemand(deps: FeedWorkDeps): Handler<'work.feed'> {
  return async function* ({ feed: id, request, force = false }, { signal }) {
    const feed = deps.feeds.find((one) => one.id === id);
    const upstream = feed && deps.upstreamFor(feed);
    // Switched off since it was asked for, or a mirror without it.
    if (feed === undefined || upstream === undefined) return;
    const finished = await exclusively(`feed ${id}`, deps, async (renewal) => {
      const ended = AbortSignal.any([signal, renewal]);
      const result = await update(feed, upstream, { deps, force, signal: ended });
      await deps.tellChanges();
      return result;
    });
    if (finished !== undefined) yield { kind: 'feed.updated', feed: id, request, outcome: finished.outcome };
  };
}

interface UpdateOptions {
  readonly deps: FeedWorkDeps;
  readonly force: boolean;
  readonly signal: AbortSignal;
}

async function update(
  feed: FeedSource,
  upstream: Upstream,
  { deps, force, signal }: UpdateOptions,
): Promise<FeedFinished | undefined> {
  const { store, now, openScratch, newId, onEvent } = deps;
  const before = (await store.feedStates()).find((state) => state.feed === feed.id);
  let finished: FeedFinished | undefined;
  for await (const event of updateFeed(feed, { upstream, store, now, openScratch, signal, force, update: newId() })) {
    onEvent?.(event);
    if (event.kind === 'finished') finished = event;
  }
  const loaded = before?.lastSuccess === undefined && finished?.state.lastSuccess !== undefined;
  if (loaded) await deps.onFirstLoad?.(feed);
  return finished;
}

type LeaseDeps = Pick<FeedWorkDeps, 'store' | 'holder' | 'now'>;

/** Runs `work` while this process has the lease; undefined when another has it. `work` is told when it is lost. */
async function exclusively<T>(
  name: string,
  { store, holder, now }: LeaseDeps,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const take = (): Promise<boolean> => {
    const at = now();
    return store.lease(name, holder, {
      now: at.toISOString(),
      until: new Date(at.getTime() + leaseMillis).toISOString(),
    });
  };
  if (!(await take())) return undefined;
  const lost = new AbortController();
  const done = new AbortController();
  const renewals = (async (): Promise<void> => {
    for (;;) {
      await sleep(renewalMillis, undefined, { signal: done.signal });
      // A store that cannot be reached now may be reached before the lease ends.
      if (!(await take().catch(() => true))) lost.abort(new Error(`The lease of ${name} went to another process`));
    }
  })().catch(() => undefined);
  try {
    return await work(lost.signal);
  } finally {
    done.abort();
    await renewals;
    await store.endLease(name, holder);
  }
}
