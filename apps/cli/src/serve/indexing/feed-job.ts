import { randomUUID } from 'node:crypto';
import type { JobContext } from '@clarion/child-processes';
import type { Egress } from '@clarion/egress';
import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { feedsFrom, feedsFromNetwork, openScratchFile } from '@clarion/feed-upstreams';
import { updateFeedOnDemand } from '@clarion/feed-updating';
import { type Store, timeOrderedId } from '@clarion/model';
import { recountCompositions } from '@clarion/notifying';
import { clarionVersion } from '@clarion/release';
import type { FeedJob, FeedReply, IndexingSettings } from './messages';

interface FeedJobDeps {
  readonly store: Store;
  readonly egressTo: (hosts: readonly string[]) => Egress;
}

/** Updates feeds. What an update changed is told by whoever gets the reply: the outbox is in the store. */
export function feedJob(
  settings: IndexingSettings,
  { store, egressTo }: FeedJobDeps,
): (job: FeedJob, context: Pick<JobContext<FeedReply, never>, 'signal' | 'tell'>) => AsyncGenerator<FeedReply, void> {
  const feeds = configuredFeeds(settings.feeds);
  const now = (): Date => new Date();
  const choice = { egressTo };
  const matching = { feeds: [ownVulnerabilities, ...feeds], clarionVersion, maxFeedAgeMinutes: settings.maxFeedAge };
  const owner = `serve ${randomUUID()}`;
  return async function* ({ work, delivery }, { signal, tell }) {
    const handler = updateFeedOnDemand({
      ...{ store, now, owner },
      feeds: feeds.filter(({ enabled }) => enabled !== false),
      upstreamFor: settings.feedsDir === undefined ? feedsFromNetwork(choice) : feedsFrom(settings.feedsDir, choice),
      openScratch: () => openScratchFile(settings.db),
      newId: () => timeOrderedId(now()),
      epssThreshold: settings.notifyEpss,
      publishPending: () => Promise.resolve(),
      onFirstLoad: (feed) => recountCompositions(feed, { store, options: { ...matching, now: now() } }),
      onEvent: (event) => {
        const { kind } = event;
        if (kind === 'started' || kind === 'document' || kind === 'finished') tell({ kind: 'update', event });
      },
    });
    for await (const event of handler(work, { signal, delivery })) yield { kind: 'event', event };
  };
}
