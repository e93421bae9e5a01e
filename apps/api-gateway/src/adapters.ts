import { apiDependencies } from '@clarion/api-server';
import { openNatsBus } from '@clarion/bus-nats';
import { joinedDetectorClient } from '@clarion/detector-client';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import type { Egress } from '@clarion/egress';
import { openLayerEgress, openWebhooks } from '@clarion/outbound';
import { createSealer } from '@clarion/sealing';
import { busOptions, detectorAddresses, type ConfigOf, type ServiceContext } from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import type { UseCaseDependencies } from '@clarion/use-cases';
import type { settings } from './config';
import { startImageProcesses } from './image-processes';

export interface Adapters {
  readonly dependencies: UseCaseDependencies;
  readonly egress: Egress;
  close(): Promise<void>;
}

/** Opens store, bus and everything else that the use cases stand on. Work of other processes ends with `stopping`. */
export async function openAdapters(
  config: ConfigOf<typeof settings>,
  { log, metrics, stopping }: Pick<ServiceContext, 'log' | 'metrics'> & { readonly stopping: AbortSignal },
): Promise<Adapters> {
  const store = await openMongoStore({ uri: config.mongodbUri, database: config.mongodbDatabase });
  const bus = await openNatsBus(busOptions(config, { log }), { log });
  const addresses = detectorAddresses(config);
  const services = addresses.map((one) => grpcDetectorClient({ ...one, log }));
  const { egress, layerEgress, close: closeEgress } = openLayerEgress(config, metrics);
  const sealer = createSealer(config.sealingKeys);
  const webhooks = openWebhooks(config, { sealer, metrics });
  const processes = startImageProcesses(config, { addresses, store, log, stopping });
  const adapters = { store, bus, detectors: joinedDetectorClient(services), egress, layerEgress, sealer, webhooks };
  const isolated = { ...processes.images, renderElsewhere: processes.renderElsewhere };
  return {
    egress,
    dependencies: apiDependencies(config, { ...adapters, ...isolated }, { log, metrics, feeds: config }),
    async close() {
      await processes.close();
      for (const service of services) service.close();
      await Promise.all([bus.close(), closeEgress(), webhooks.close()]);
      await store.close();
    },
  };
}
