import { withLease } from '@clarion/leases';
import type { ExploitationThreshold } from '@clarion/reporting';
import { ClarionError, type FeedSource, type WorkHandler, type Upstream, type LeaseStore } from '@clarion/model';
import type { FeedEvent, FeedFinished } from './events';
import type { UpdatedFacts } from './open-update';
import type { OpenScratch } from './scratch';
import { acceptedByRequest } from './shrinkage';
import { updateFeed } from './update-feed';

/** `epssThreshold`: that of the notifier. */
export interface FeedWorkDeps extends ExploitationThreshold {
  readonly store: UpdatedFacts & LeaseStore;
  /** The feeds to update. */
  readonly feeds: readonly FeedSource[];
  readonly upstreamFor: (feed: FeedSource) => Upstream;
  readonly openScratch: OpenScratch;
  readonly now: () => Date;
  /** Identifies this process among those that update feeds. */
  readonly owner: string;
  /** Puts the written changes on the bus (the outbox). */
  readonly publishPending: () => Promise<unknown>;
  /**
   * Called after the first load of a feed: nobody is notified of it, but the vulnerabilities of images must be
   * recounted.
   */
  readonly onFirstLoad?: (feed: FeedSource) => Promise<void>;
  /** For logs and metrics. */
  readonly onEvent?: (event: FeedEvent) => void;
}

/** A commit of a large feed blocks the event loop for seconds. */
const leaseMillis = 60_000;

/**
 * Handler of `work.feed`: one update of one feed, by one process at a time. Throws while another process updates the
 * feed or has just died doing so, and when the store fails: the bus retries. Failures of the upstream end in
 * `feed.updated`.
 */
export function updateFeedOnDemand(deps: FeedWorkDeps): WorkHandler<'work.feed'> {
  return async function* ({ feed: id, request, force = false }, { signal, delivery }) {
    const feed = deps.feeds.find((one) => one.id === id);
    // Disabled since the update was requested.
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
    const finished = done.result;
    if (finished !== undefined) yield { kind: 'feed.updated', feed: id, request, result: finished.result };
  };
}

interface UpdateOptions {
  readonly deps: FeedWorkDeps;
  readonly force: boolean;
  /** This was tried before: what follows the commit may not have been done. */
  readonly again: boolean;
  readonly signal: AbortSignal;
}

async function update(
  feed: FeedSource,
  upstream: Upstream,
  { deps, force, again, signal }: UpdateOptions,
): Promise<FeedFinished | undefined> {
  const { store, now, openScratch, onEvent, epssThreshold } = deps;
  const before = (await store.feedStates()).find((state) => state.feed === feed.id);
  let finished: FeedFinished | undefined;
  const options = { upstream, store, now, openScratch, signal, force, acceptance: acceptedByRequest, epssThreshold };
  for await (const event of updateFeed(feed, options)) {
    onEvent?.(event);
    if (event.kind === 'finished') finished = event;
  }
  const first = before?.lastSuccess === undefined || again;
  const loaded = first && finished?.state.lastSuccess !== undefined;
  if (loaded) await deps.onFirstLoad?.(feed);
  return finished;
}
