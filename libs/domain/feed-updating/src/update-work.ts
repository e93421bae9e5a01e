import { withLease } from '@clarion/leases';
import type { ExploitationThreshold } from '@clarion/reporting';
import {
  ClarionError,
  type FeedSource,
  type Handler,
  type Upstream,
  type FeedFacts,
  type LeaseStore,
} from '@clarion/model';
import type { FeedEvent, FeedFinished } from './events';
import type { OpenScratch } from './scratch';
import { acceptedByRequest } from './shrinkage';
import { updateFeed } from './update-feed';

/** `epssThreshold`: that of the notifier. */
export interface FeedWorkDeps extends ExploitationThreshold {
  readonly store: FeedFacts & LeaseStore;
  /** The feeds that are updated. */
  readonly feeds: readonly FeedSource[];
  readonly upstreamFor: (feed: FeedSource) => Upstream;
  readonly openScratch: OpenScratch;
  readonly now: () => Date;
  /** Names this process among those that update feeds. */
  readonly owner: string;
  /** A new time-ordered id. */
  readonly newId: () => string;
  /** Puts the changes that were written on the bus (the outbox). */
  readonly publishPending: () => Promise<unknown>;
  /** What images hold must be counted anew: a feed was loaded for the first time, and that is told to nobody. */
  readonly onFirstLoad?: (feed: FeedSource) => Promise<void>;
  /** For logs and metrics. */
  readonly onEvent?: (event: FeedEvent) => void;
}

/** A commit of a large feed holds the event loop for seconds. */
const leaseMillis = 60_000;

/**
 * Handler of `work.feed`: one update of one feed, by one process at a time. While another process is updating it, or has
 * died of it a moment ago, this throws, and so it does when the store fails: the bus tries again. Failures of the upstream
 * end in `feed.updated`.
 */
export function updateFeedOnDemand(deps: FeedWorkDeps): Handler<'work.feed'> {
  return async function* ({ feed: id, request, force = false }, { signal, delivery }) {
    const feed = deps.feeds.find((one) => one.id === id);
    // Switched off since it was asked for.
    if (feed === undefined) return;
    const upstream = deps.upstreamFor(feed);
    const { store, owner, now } = deps;
    const done = await withLease(`feed ${id}`, { store, owner, now, leaseMillis }, async (lost) => {
      const ended = AbortSignal.any([signal, lost]);
      const finished = await update(feed, upstream, { deps, force, again: delivery > 1, signal: ended });
      await deps.publishPending();
      return finished;
    });
    if (done === undefined) throw new ClarionError('upstream-unavailable', `${id} is being updated by another process`);
    const outcome = done.result?.outcome;
    if (outcome !== undefined) yield { kind: 'feed.updated', feed: id, request, outcome };
  };
}

interface UpdateOptions {
  readonly deps: FeedWorkDeps;
  readonly force: boolean;
  /** This was tried before: what comes after the commit may be missing. */
  readonly again: boolean;
  readonly signal: AbortSignal;
}

async function update(
  feed: FeedSource,
  upstream: Upstream,
  { deps, force, again, signal }: UpdateOptions,
): Promise<FeedFinished | undefined> {
  const { store, now, openScratch, newId, onEvent, epssThreshold } = deps;
  const before = (await store.feedStates()).find((state) => state.feed === feed.id);
  let finished: FeedFinished | undefined;
  const written = { update: newId(), acceptance: acceptedByRequest };
  const options = { upstream, store, now, openScratch, signal, force, ...written, epssThreshold };
  for await (const event of updateFeed(feed, options)) {
    onEvent?.(event);
    if (event.kind === 'finished') finished = event;
  }
  const first = before?.lastSuccess === undefined || again;
  const loaded = first && finished?.state.lastSuccess !== undefined;
  if (loaded) await deps.onFirstLoad?.(feed);
  return finished;
}
