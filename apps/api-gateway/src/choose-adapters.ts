import { type ApiAdapters, openAdapters } from '@clarion/api-server';
import { openNatsBus } from '@clarion/bus-nats';
import { joinedDetectorClient } from '@clarion/detector-client';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import {
  busOptions,
  detectorAddresses,
  observeTls,
  type ConfigOf,
  type ServiceContext,
} from '@clarion/service-runtime';
import { openMongoStore } from '@clarion/store-mongo';
import { countMeasures } from '@clarion/workers';
import type { settings } from './config';
import { type ImageProcesses, startImageProcesses } from './image-processes';

export interface GatewayAdapters {
  readonly adapters: ApiAdapters;
  readonly processes: ImageProcesses;
}

/** MongoDB, NATS, detector services, and processes that read uploads, whose work ends with `stopping`. */
export async function chooseAdapters(
  config: ConfigOf<typeof settings>,
  { log, metrics, stopping }: Pick<ServiceContext, 'log' | 'metrics'> & { readonly stopping: AbortSignal },
): Promise<GatewayAdapters> {
  const onTls = observeTls({ log, metrics });
  const store = await openMongoStore({
    uri: config.mongodbUri,
    database: config.mongodbDatabase,
    resultBytes: config.storedReportBytes,
    onTls,
  });
  const bus = await openNatsBus(busOptions(config, { log }), { log, onTls });
  const addresses = detectorAddresses(config);
  const services = addresses.map((one) => grpcDetectorClient({ ...one, log, onTls }));
  const detectors = {
    client: joinedDetectorClient(services),
    close() {
      for (const service of services) service.close();
    },
  };
  const processes = startImageProcesses(config, {
    ...{ addresses, store, log, stopping },
    onMeasured: countMeasures(metrics),
  });
  return { processes, adapters: openAdapters(config, { store, bus, detectors, processes }, metrics) };
}
