import { randomUUID } from 'node:crypto';
import { openNatsBus } from '@clarion/bus-nats';
import { grpcDetectorClient, joinedDetectorClient } from '@clarion/detector-client';
import { createEgress } from '@clarion/egress';
import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { failOfDeadLetter, indexLayer } from '@clarion/layer-indexing';
import { openSubmittedImage } from '@clarion/layer-sources';
import type { DeadLetter, Message } from '@clarion/model';
import { createSealer } from '@clarion/sealing';
import { createLog, createMetrics, observed, readConfig, runService, startTracing } from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { countVulnerabilities } from '@clarion/use-cases';
import { settings } from './config';
import { countLayers } from './layer-counters';
import { clarionVersion } from './release';

const name = 'layer-extractor';

async function main(): Promise<void> {
  const { config, warnings } = readConfig(settings);
  const log = createLog({ service: name, version: clarionVersion, level: config.logLevel });
  const metrics = createMetrics({ version: clarionVersion });
  const tracing = await startTracing({
    service: name,
    version: clarionVersion,
    instrument: ['http', 'grpc', 'mongodb'],
  });
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
      const services = config.detectors.map((address) =>
        grpcDetectorClient({ address, log, ...(config.detectorToken && { token: config.detectorToken }) }),
      );
      const egress = createEgress({ ...config, userAgent: `clarion/${clarionVersion}` });
      const sealer = createSealer(config.sealingKeys);
      const feeds = configuredFeeds(config);
      const now = (): Date => new Date();
      const count = { feeds, ownVulnerabilities, now, maxFeedAgeMinutes: 0, clarionVersion, store };
      const onDead = async (letter: DeadLetter): Promise<void> => {
        await store.putDeadLetter(letter);
        const events: Message[] = [];
        for await (const event of failOfDeadLetter(letter, store)) events.push({ event });
        await bus.publish(events);
      };
      const counters = countLayers(metrics);
      const handler = indexLayer({
        store,
        detectors: joinedDetectorClient(services),
        open: ({ image, submission }) =>
          Promise.resolve(
            openSubmittedImage({ image, origin: submission.origin }, { egress, open: (text) => sealer.open(text) }),
          ),
        count: (image) => countVulnerabilities(image, count),
        now,
        holder: `${name} ${randomUUID()}`,
        limits: { compressedBytes: config.layerBytes, bytes: config.layerTarBytes, millis: config.layerMillis },
        onBytes: counters.bytes,
      });
      const working = bus.run(observed({ 'work.layer': counters.handler(handler) }, { log, metrics }), {
        signal: draining,
        concurrency: { 'work.layer': config.concurrentLayers },
        onDead,
      });
      return {
        ready: async () => (await store.ready()) && (await bus.ready()),
        stop: async () => {
          await working;
          for (const service of services) service.close();
          await Promise.all([bus.close(), egress.close()]);
          await store.close();
          await tracing.shutdown();
        },
      };
    },
  });
}

void main();
