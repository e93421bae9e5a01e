import { openNatsBus } from '@clarion/bus-nats';
import { joinedDetectorClient } from '@clarion/detector-client';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import { callerPorts, createEgress, type Egress } from '@clarion/egress';
import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { parseCredentials, referenceName, resolveImage } from '@clarion/layer-sources';
import { createWebhookSender } from '@clarion/notification-channels';
import { clarionVersion, userAgent } from '@clarion/release';
import { reportFormats } from '@clarion/report-formats';
import { createSealer } from '@clarion/sealing';
import {
  busOptions,
  countDenials,
  countRegistryAnswers,
  detectorAddresses,
  type ConfigOf,
  type ServiceContext,
} from '@clarion/service-runtime';
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
  const onDenied = countDenials(metrics);
  const matched = metrics.metric('clarion_match_duration_seconds');
  const { allowedHosts, allowedNetworks, insecureHosts, waitingLayers, uploadBytes, uploads } = config;
  const policy = { allowedHosts, allowedNetworks, insecureHosts, userAgent };
  const store = await openMongoStore({ uri: config.mongodbUri, database: config.mongodbDatabase });
  const bus = await openNatsBus(busOptions(config, { log }), { log });
  const addresses = detectorAddresses(config);
  const services = addresses.map((one) => grpcDetectorClient({ ...one, log }));
  const detectors = joinedDetectorClient(services);
  const egress = createEgress(policy, { onDenied, onAnswer: countRegistryAnswers(metrics) });
  const layerEgress = createEgress({ ...policy, ports: callerPorts(config.layerPorts) }, { onDenied });
  const sealer = createSealer(config.sealingKeys);
  const webhooks = createWebhookSender({
    sealer,
    publicUrl: config.publicUrl,
    policy: { allowedHosts, allowedNetworks, ports: config.webhookPorts, userAgent },
    egress: { onDenied },
  });
  const processes = startImageProcesses(config, { addresses, store, log, stopping });
  return {
    egress,
    dependencies: {
      ...{ store, bus, sealer, ownVulnerabilities, clarionVersion, log },
      detectors,
      referenceName,
      resolveImage: (reference, { credentials, ...options }) =>
        resolveImage(reference, {
          ...options,
          egress,
          insecureRegistries: insecureHosts,
          ...(credentials && { credentials: parseCredentials(JSON.stringify(credentials)) }),
        }),
      ...processes.images,
      renderElsewhere: processes.renderElsewhere,
      checkLayerUrls: (urls) => layerEgress.checkResolved(urls),
      sendWebhook: webhooks.send,
      checkReceiver: (receiver) => webhooks.checkReceiver(receiver),
      requestConsent: (receiver) => webhooks.requestConsent(receiver),
      feeds: configuredFeeds(config),
      formats: reportFormats,
      maxFeedAgeMinutes: config.maxFeedAgeMillis / 60_000,
      limits: { waitingLayers, uploadBytes, uploads },
      onMatched: (seconds) => {
        matched.observe(seconds);
      },
    },
    async close() {
      await processes.close();
      for (const service of services) service.close();
      await Promise.all([bus.close(), egress.close(), layerEgress.close(), webhooks.close()]);
      await store.close();
    },
  };
}
