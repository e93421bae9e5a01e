import { randomUUID } from 'node:crypto';
import { openNatsBus } from '@clarion/bus-nats';
import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { createDeliverer, notifyChange, runRetention } from '@clarion/notifying';
import { clarionVersion } from '@clarion/release';
import {
  busOptions,
  inTime,
  observed,
  observedDead,
  type ConfigOf,
  type RunningService,
  type ServiceContext,
} from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import type { settings } from './config';
import { measureNotifications } from './measure';
import { openWebhooks } from './webhooks';

const retentionEveryMillis = 3_600_000;

/** Finds the images that changed advisories are about, and tells whoever wants to hear of them, until it is asked to stop. */
export async function notify(
  config: ConfigOf<typeof settings>,
  { log, metrics, draining }: ServiceContext,
): Promise<RunningService> {
  const store = await openMongoStore({ uri: config.mongodbUri, database: config.mongodbDatabase });
  const bus = await openNatsBus(busOptions(config, { log }), { log, name: 'notifier' });
  const webhooks = openWebhooks(config, metrics);
  const now = (): Date => new Date();
  const { onNotified, onAttempt } = measureNotifications(metrics);
  const deliverer = createDeliverer({ store, send: webhooks.send, now, log, onAttempt });
  const feeds = [ownVulnerabilities, ...configuredFeeds(config)];
  const matching = { feeds, clarionVersion };
  const { stateChanges, epssThreshold, withoutReference } = config;
  const { acknowledgedMillis, notificationMillis, deadMillis, changeMillis, unusedMillis } = config;
  const handler = notifyChange({
    ...{ store, now, stateChanges, epssThreshold, withoutReference, onNotified, log },
    options: () => ({ ...matching, now: now() }),
    onDue: () => {
      deliverer.wake();
    },
  });
  const running = Promise.all([
    bus.run(observed({ 'advisories.changed': handler }, { log, metrics }), {
      signal: draining,
      concurrency: { 'advisories.changed': config.concurrency },
      onDead: observedDead((letter) => store.putDeadLetter(letter), { log, metrics }),
    }),
    deliverer.run(draining),
    runRetention(
      {
        ...{ store, now, log, acknowledgedMillis, notificationMillis, deadMillis, changeMillis, unusedMillis },
        owner: `notifier ${randomUUID()}`,
        everyMillis: retentionEveryMillis,
      },
      draining,
    ),
  ]);
  return {
    ready: async () => (await store.ready()) && (await bus.ready()),
    stop: async (signal) => {
      await inTime(running, signal);
      await bus.close();
      await webhooks.close();
      await store.close();
    },
  };
}
