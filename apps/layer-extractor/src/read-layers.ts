import { randomUUID } from 'node:crypto';
import { openNatsBus } from '@clarion/bus-nats';
import { joinedDetectorClient } from '@clarion/detector-client';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import { callerPorts, createEgress } from '@clarion/egress';
import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { indexLayer, keepDeadLetter } from '@clarion/layer-indexing';
import { openSubmittedImage } from '@clarion/layer-sources';
import { clarionVersion, userAgent } from '@clarion/release';
import { createSealer } from '@clarion/sealing';
import {
  busOptions,
  countDenials,
  countRegistryAnswers,
  detectorAddresses,
  inTime,
  observed,
  observedDead,
  type ConfigOf,
  type RunningService,
  type ServiceContext,
} from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { countVulnerabilities } from '@clarion/use-cases';
import type { settings } from './config';
import { countLayers } from './layer-counters';

/** Takes the work of reading layers from the bus until it is asked to stop. */
export async function readLayers(
  config: ConfigOf<typeof settings>,
  { log, metrics, draining }: ServiceContext,
): Promise<RunningService> {
  const store = await openMongoStore({ uri: config.mongodbUri, database: config.mongodbDatabase });
  // One more for a caller whom another one would keep waiting.
  const bus = await openNatsBus(busOptions(config, { log }), { log, name: 'layer-extractor', spares: 1 });
  const services = detectorAddresses(config).map((one) => grpcDetectorClient({ ...one, log }));
  const { allowedHosts, allowedNetworks, insecureHosts } = config;
  const policy = { allowedHosts, allowedNetworks, insecureHosts, userAgent };
  const counted = { onDenied: countDenials(metrics), onAnswer: countRegistryAnswers(metrics) };
  const egress = createEgress(policy, counted);
  const layerEgress = createEgress({ ...policy, ports: callerPorts(config.layerPorts) }, counted);
  const sealer = createSealer(config.sealingKeys);
  const now = (): Date => new Date();
  const matching = { feeds: configuredFeeds(config), ownVulnerabilities, now, maxFeedAgeMinutes: 0, clarionVersion };
  const { handler: countedWork, timed, ...counters } = countLayers(metrics);
  const handler = indexLayer({
    store,
    detectors: joinedDetectorClient(services),
    open: ({ image, submission: { origin } }) =>
      Promise.resolve(
        openSubmittedImage({ image, origin }, { egress, layerEgress, open: (text) => sealer.open(text) }),
      ),
    count: timed((image) => countVulnerabilities(image, { ...matching, store })),
    now,
    owner: `layer-extractor ${randomUUID()}`,
    limits: { compressedBytes: config.layerBytes, bytes: config.layerTarBytes, millis: config.layerMillis },
    ...counters,
  });
  const working = bus.run(observed({ 'work.layer': countedWork(handler) }, { log, metrics }), {
    signal: draining,
    concurrency: { 'work.layer': config.concurrentLayers },
    onDead: observedDead((letter) => keepDeadLetter(letter, { store, bus }), { log, metrics }),
  });
  return {
    ready: async () => (await store.ready()) && (await bus.ready()),
    stop: async (signal) => {
      await inTime(working, signal);
      for (const service of services) service.close();
      await Promise.all([bus.close(), egress.close(), layerEgress.close()]);
      await store.close();
    },
  };
}
