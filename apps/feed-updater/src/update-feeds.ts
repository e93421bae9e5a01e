import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { openNatsBus } from '@clarion/bus-nats';
import { createEgress, type Egress } from '@clarion/egress';
import { enabledFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { feedsFrom, feedsFromNetwork, openScratchFile, type UpstreamFor } from '@clarion/feed-upstreams';
import { followUpdates, runScheduler, updateFeedOnDemand } from '@clarion/feed-updating';
import { recountCompositions } from '@clarion/notifying';
import {
  busOptions,
  countDenials,
  feedMetrics,
  inTime,
  observed,
  observedDead,
  type ConfigOf,
  type Metrics,
  type RunningService,
  type ServiceContext,
} from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { publishPending } from '@clarion/use-cases';
import { timeOrderedId } from '@clarion/model';
import { clarionVersion, userAgent } from '@clarion/release';
import type { settings } from './config';

type Config = ConfigOf<typeof settings>;

/** Orders the updates that are due, and does those that were ordered, until it is asked to stop. */
export async function updateFeeds(config: Config, { log, metrics, draining }: ServiceContext): Promise<RunningService> {
  const store = await openMongoStore({ uri: config.mongodbUri, database: config.mongodbDatabase });
  const bus = await openNatsBus(busOptions(config, { log }), { log, name: 'feed-updater' });
  const feeds = enabledFeeds(config);
  const now = (): Date => new Date();
  const publish = (): Promise<number> => publishPending({ store, bus });
  const all = [ownVulnerabilities, ...feeds];
  const matching = { feeds: all, clarionVersion };
  const handler = updateFeedOnDemand({
    ...{ store, feeds, now, publishPending: publish, epssThreshold: config.epssThreshold },
    upstreamFor: upstreamsOf(config, metrics),
    openScratch: () => openScratchFile(config.scratchDirectory ?? tmpdir()),
    owner: `feed-updater ${randomUUID()}`,
    newId: () => timeOrderedId(now()),
    onFirstLoad: (feed) => recountCompositions(feed, { store, options: { ...matching, now: now() } }),
    onEvent: followUpdates({ metrics: feedMetrics(metrics), log, store, feeds, now }),
  });
  const running = Promise.all([
    bus.run(observed({ 'work.feed': handler }, { log, metrics }), {
      signal: draining,
      concurrency: { 'work.feed': config.concurrentFeeds },
      onDead: observedDead((letter) => store.putDeadLetter(letter), { log, metrics }),
    }),
    runScheduler({
      ...{ store, bus, log, now, publishPending: publish },
      feeds: config.scheduled ? feeds : [],
      everyMillis: config.scheduleMillis,
      seed: config.tenant,
      signal: draining,
    }),
  ]);
  return {
    ready: async () => (await store.ready()) && (await bus.ready()),
    stop: async (signal) => {
      await inTime(running, signal);
      await bus.close();
      await store.close();
    },
  };
}

/** Feeds of the network, or of a mirror; addresses of configuration may be private and plain. */
function upstreamsOf(
  { allowedHosts, allowedNetworks, insecureHosts, feedsFrom: mirror }: Config,
  metrics: Metrics,
): UpstreamFor {
  const onDenied = countDenials(metrics);
  const egressTo = (hosts: readonly string[]): Egress =>
    createEgress(
      {
        allowedHosts: [...allowedHosts, ...hosts],
        allowedNetworks,
        insecureHosts: [...insecureHosts, ...hosts],
        userAgent,
      },
      { onDenied },
    );
  return mirror === undefined ? feedsFromNetwork({ egressTo }) : feedsFrom(mirror, { egressTo });
}
