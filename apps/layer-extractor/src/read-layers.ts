import { randomUUID } from 'node:crypto';
import { openNatsBus } from '@clarion/bus-nats';
import { joinedDetectorClient } from '@clarion/detector-client';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import { indexLayer, keepDeadLetter } from '@clarion/layer-indexing';
import { countEgress, openLayerEgress } from '@clarion/outbound';
import { createSealer } from '@clarion/sealing';
import {
  busOptions,
  detectorAddresses,
  inTime,
  observed,
  observedDead,
  observeTls,
  type ConfigOf,
  type RunningService,
  type ServiceContext,
} from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { countLayers, countMeasures, layerWork, matchSettings, measureLayers, optimizeLate } from '@clarion/workers';
import type { settings } from './config';

/** Takes layer work from the bus until it is stopped. */
export async function readLayers(
  config: ConfigOf<typeof settings>,
  { log, metrics, draining }: ServiceContext,
): Promise<RunningService> {
  optimizeLate();
  const onTls = observeTls({ log, metrics });
  const store = await openMongoStore({ uri: config.mongodbUri, database: config.mongodbDatabase, onTls });
  // One more for a caller whom another one would keep waiting.
  const bus = await openNatsBus(busOptions(config, { log }), { log, onTls, name: 'layer-extractor', spares: 1 });
  const services = detectorAddresses(config).map((one) => grpcDetectorClient({ ...one, log, onTls }));
  const ways = openLayerEgress(config, countEgress(metrics));
  const deps = layerWork(config, {
    ...{ store, ways },
    detectors: joinedDetectorClient(services),
    sealer: createSealer(config.sealingKeys),
    matching: matchSettings(config),
    owner: `layer-extractor ${randomUUID()}`,
  });
  const handler = countLayers(indexLayer({ ...deps, ...measureLayers(deps.count, countMeasures(metrics)) }), metrics);
  const working = bus.run(observed({ 'work.layer': handler }, { log, metrics }), {
    signal: draining,
    concurrency: { 'work.layer': config.concurrentLayers },
    onDead: observedDead((letter) => keepDeadLetter(letter, { store, bus }), { log, metrics }),
  });
  return {
    ready: async () => (await store.ready()) && (await bus.ready()),
    stop: async (signal) => {
      await inTime(working, signal);
      for (const service of services) service.close();
      await Promise.all([bus.close(), ways.close()]);
      await store.close();
    },
  };
}
