import { randomUUID } from 'node:crypto';
import { openNatsBus } from '@clarion/bus-nats';
import { grpcDetectorClient, joinedDetectorClient } from '@clarion/detector-client';
import { createEgress } from '@clarion/egress';
import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { failOfDeadLetter, indexLayer } from '@clarion/layer-indexing';
import { openSubmittedImage } from '@clarion/layer-sources';
import type { Bus, DeadLetter, Log, Message, Store } from '@clarion/model';
import { createSealer } from '@clarion/sealing';
import { observed, type ConfigOf, type Metrics, type RunningService } from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { countVulnerabilities } from '@clarion/use-cases';
import type { settings } from './config';
import { countLayers } from './layer-counters';
import { clarionVersion } from './release';

export interface ReadLayersContext {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Aborted when no more work is to be taken. */
  readonly draining: AbortSignal;
}

/** Takes the work of reading layers from the bus until it is asked to stop. */
export async function readLayers(
  config: ConfigOf<typeof settings>,
  { log, metrics, draining }: ReadLayersContext,
): Promise<RunningService> {
  const store = await openMongoStore({ uri: config.mongodbUri, database: config.mongodbDatabase });
  const bus = await openNatsBus(config, { log, name: 'layer-extractor' });
  const services = config.detectors.map((address) =>
    grpcDetectorClient({ address, log, ...(config.detectorToken && { token: config.detectorToken }) }),
  );
  const { allowedHosts, allowedNetworks, insecureHosts } = config;
  const egress = createEgress({ allowedHosts, allowedNetworks, insecureHosts, userAgent: `clarion/${clarionVersion}` });
  const sealer = createSealer(config.sealingKeys);
  const now = (): Date => new Date();
  const matching = { feeds: configuredFeeds(config), ownVulnerabilities, now, maxFeedAgeMinutes: 0, clarionVersion };
  const counters = countLayers(metrics);
  const handler = indexLayer({
    store,
    detectors: joinedDetectorClient(services),
    open: ({ image, submission: { origin } }) =>
      Promise.resolve(openSubmittedImage({ image, origin }, { egress, open: (text) => sealer.open(text) })),
    count: (image) => countVulnerabilities(image, { ...matching, store }),
    now,
    holder: `layer-extractor ${randomUUID()}`,
    limits: { compressedBytes: config.layerBytes, bytes: config.layerTarBytes, millis: config.layerMillis },
    onBytes: counters.bytes,
  });
  const working = bus.run(observed({ 'work.layer': counters.handler(handler) }, { log, metrics }), {
    signal: draining,
    concurrency: { 'work.layer': config.concurrentLayers },
    onDead: keepDeadLetters(store, bus),
  });
  return {
    ready: async () => (await store.ready()) && (await bus.ready()),
    stop: async (signal) => {
      // What does not end in time is given back by the bus when it is closed.
      await Promise.race([working, aborted(signal)]);
      for (const service of services) service.close();
      await Promise.all([bus.close(), egress.close()]);
      await store.close();
    },
  };
}

/** Resolves when there is no more time. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

/** A dead letter is kept for whoever replays it, and the image that it was about has failed. */
function keepDeadLetters(store: Store, bus: Bus): (letter: DeadLetter) => Promise<void> {
  return async (letter) => {
    await store.putDeadLetter(letter);
    const events: Message[] = [];
    for await (const event of failOfDeadLetter(letter, store)) events.push({ event });
    await bus.publish(events);
  };
}
