import { randomUUID } from 'node:crypto';
import { openNatsBus } from '@clarion/bus-nats';
import { openWebhooks } from '@clarion/outbound';
import { createSealer } from '@clarion/sealing';
import {
  busOptions,
  inTime,
  observed,
  observedDead,
  observeTls,
  type ConfigOf,
  type RunningService,
  type ServiceContext,
} from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { matchSettings, startNotifying } from '@clarion/workers';
import type { settings } from './config';

/** Finds the images affected by changed advisories, and notifies, until it is stopped. */
export async function notify(
  config: ConfigOf<typeof settings>,
  { log, metrics, draining }: ServiceContext,
): Promise<RunningService> {
  const onTls = observeTls({ log, metrics });
  const store = await openMongoStore({ uri: config.mongodbUri, database: config.mongodbDatabase, onTls });
  const bus = await openNatsBus(busOptions(config, { log }), { log, onTls, name: 'notifier' });
  const webhooks = openWebhooks(config, { sealer: createSealer(config.sealingKeys), metrics });
  const notifying = startNotifying(config, {
    ...{ store, bus, webhooks, log, metrics, draining },
    matching: matchSettings(config),
    owner: `notifier ${randomUUID()}`,
  });
  const running = Promise.all([
    bus.run(observed({ 'advisories.changed': notifying.handler }, { log, metrics }), {
      signal: draining,
      concurrency: { 'advisories.changed': config.concurrency },
      onDead: observedDead((letter) => store.putDeadLetter(letter), { log, metrics }),
    }),
    notifying.running,
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
