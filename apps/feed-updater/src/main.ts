import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { openNatsBus } from '@clarion/bus-nats';
import { createEgress } from '@clarion/egress';
import { enabledFeeds } from '@clarion/feed-sources';
import { feedsFrom, feedsFromNetwork, openScratchFile } from '@clarion/feed-upstreams';
import { runScheduler, updateFeedOnDemand } from '@clarion/feed-updating';
import { createLog, createMetrics, observed, readConfig, runService, startTracing } from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { tellChanges, timeOrderedId } from '@clarion/use-cases';
import { settings } from './config';
import { measureFeeds } from './feed-metrics';
import { clarionVersion } from './release';

const name = 'feed-updater';

async function main(): Promise<void> {
  const { config, warnings } = readConfig(settings);
  const log = createLog({ service: name, version: clarionVersion, level: config.logLevel });
  const metrics = createMetrics({ version: clarionVersion });
  const tracing = await startTracing({ service: name, version: clarionVersion, instrument: ['mongodb'] });
  for (const warning of warnings) log.warn(warning);
  await runService({
    name,
    log,
    drainMillis: 0,
    graceMillis: config.graceMillis,
    introspection: { host: config.introspectionHost, port: config.introspectionPort, metrics },
    start: async ({ draining }) => {
      const store = await openMongoStore({ uri: config.mongodbUri, database: config.mongodbDatabase });
      const bus = await openNatsBus(config, { log });
      const feeds = enabledFeeds(config);
      const now = (): Date => new Date();
      const tell = (): Promise<number> => tellChanges({ store, bus });
      const { allowedHosts, allowedNetworks } = config;
      const egressTo = (hosts: readonly string[]): ReturnType<typeof createEgress> =>
        createEgress({
          allowedHosts: [...allowedHosts, ...hosts],
          allowedNetworks,
          insecureHosts: [...config.insecureHosts, ...hosts],
          userAgent: `clarion/${clarionVersion}`,
        });
      const choice = { egressTo };
      const handler = updateFeedOnDemand({
        store,
        feeds,
        upstreamFor: config.feedsFrom === undefined ? feedsFromNetwork(choice) : feedsFrom(config.feedsFrom, choice),
        openScratch: () => openScratchFile(config.scratchDirectory ?? tmpdir()),
        now,
        holder: `${name} ${randomUUID()}`,
        newId: () => timeOrderedId(now()),
        tellChanges: tell,
        onEvent: measureFeeds({ metrics, log, store, feeds, now }),
      });
      const working = bus.run(observed({ 'work.feed': handler }, { log, metrics }), {
        signal: draining,
        concurrency: { 'work.feed': config.concurrentFeeds },
        onDead: (letter) => store.putDeadLetter(letter),
      });
      const scheduling = config.scheduled
        ? runScheduler({
            feeds,
            store,
            bus,
            log,
            now,
            tellChanges: tell,
            everyMillis: config.scheduleMillis,
            seed: config.tenant,
            signal: draining,
          })
        : Promise.resolve();
      return {
        ready: async () => (await store.ready()) && (await bus.ready()),
        stop: async () => {
          await Promise.all([working, scheduling]);
          await bus.close();
          await store.close();
          await tracing.shutdown();
        },
      };
    },
  });
}

void main();
