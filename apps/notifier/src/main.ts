import { randomUUID } from 'node:crypto';
import { openNatsBus } from '@clarion/bus-nats';
import { configuredFeeds, feedPrecedence, ownVulnerabilities } from '@clarion/feed-sources';
import { createDeliverer, notifyChange, runRetention } from '@clarion/notifying';
import { createLog, createMetrics, observed, readConfig, runService, startTracing } from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { settings } from './config';
import { measureNotifications } from './measure';
import { clarionVersion } from './release';
import { openWebhooks } from './webhooks';

const name = 'notifier';
const retentionEveryMillis = 3_600_000;

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
      const webhooks = openWebhooks(config);
      const now = (): Date => new Date();
      const { onNotified, onAttempt } = measureNotifications(metrics);
      const deliverer = createDeliverer({ store, send: webhooks.send, now, log, onAttempt });
      const feeds = [ownVulnerabilities, ...configuredFeeds(config)];
      const matching = { feeds, precedence: feedPrecedence(feeds), clarionVersion };
      const { stateChanges, withoutReference, notificationMillis, changeMillis } = config;
      const handler = notifyChange({
        ...{ store, now, stateChanges, withoutReference, onNotified },
        options: () => ({ ...matching, now: now() }),
        onDue: () => {
          deliverer.wake();
        },
      });
      const running = Promise.all([
        bus.run(observed({ 'advisories.changed': handler }, { log, metrics }), {
          signal: draining,
          concurrency: { 'advisories.changed': config.concurrency },
          onDead: (letter) => store.putDeadLetter(letter),
        }),
        deliverer.run(draining),
        runRetention(
          {
            ...{ store, now, log, notificationMillis, changeMillis },
            holder: `${name} ${randomUUID()}`,
            everyMillis: retentionEveryMillis,
          },
          draining,
        ),
      ]);
      return {
        ready: async () => (await store.ready()) && (await bus.ready()),
        stop: async () => {
          await running;
          await bus.close();
          await webhooks.close();
          await store.close();
          await tracing.shutdown();
        },
      };
    },
  });
}

main().catch((error: unknown) => {
  // Only what comes before the log: a wrong configuration.
  process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
