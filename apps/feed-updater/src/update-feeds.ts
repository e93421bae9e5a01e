import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { openNatsBus } from '@clarion/bus-nats';
import { followUpdates, runScheduler } from '@clarion/feed-updating';
import { countEgress, upstreamsOf } from '@clarion/outbound';
import {
  busOptions,
  feedMetrics,
  inTime,
  observed,
  observedDead,
  observeTls,
  type ConfigOf,
  type RunningService,
  type ServiceContext,
} from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { publishPending } from '@clarion/use-cases';
import { feedWork, matchSettings } from '@clarion/workers';
import type { settings } from './config';

/** Queues due updates, and does queued ones, until it is stopped. */
export async function updateFeeds(
  config: ConfigOf<typeof settings>,
  { log, metrics, draining }: ServiceContext,
): Promise<RunningService> {
  const onTls = observeTls({ log, metrics });
  const store = await openMongoStore({ uri: config.mongodbUri, database: config.mongodbDatabase, onTls });
  const bus = await openNatsBus(busOptions(config, { log }), { log, onTls, name: 'feed-updater' });
  const matching = matchSettings(config);
  const { now } = matching;
  const feeds = matching.feeds.filter(({ enabled }) => enabled !== false);
  const publish = (): Promise<number> => publishPending({ store, bus });
  const handler = feedWork(
    {
      ...{ store, matching, epssThreshold: config.epssThreshold },
      upstreamFor: upstreamsOf(config, countEgress(metrics)),
      scratchDirectory: config.scratchDirectory ?? tmpdir(),
      owner: `feed-updater ${randomUUID()}`,
    },
    {
      publishPending: publish,
      onEvent: followUpdates({ metrics: feedMetrics(metrics), log, store, feeds, now }),
    },
  );
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
