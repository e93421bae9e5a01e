import { detectorService } from '@clarion/detector-client/grpc';
import { featureDetectors } from '@clarion/feature-detectors';
import { bearerGuard, startGrpcServer } from '@clarion/grpc-server';
import { detectorV1, fileDescriptorSet } from '@clarion/proto';
import {
  observedCalls,
  servingTls,
  type ConfigOf,
  type RunningService,
  type ServiceContext,
} from '@clarion/service-runtime';
import type { settings } from './config';

/** Serves the detectors of packages over gRPC. Throws `invalid-input` where the configuration does not fit together. */
export async function serveDetectors(
  config: ConfigOf<typeof settings>,
  { log, metrics, draining }: ServiceContext,
): Promise<RunningService> {
  const detected = metrics.metric('clarion_detect_duration_seconds');
  const implementation = detectorService({
    detectors: featureDetectors,
    concurrency: config.concurrentCalls,
    limits: { bytes: config.callBytes },
    log,
    onDetected(detector, seconds) {
      detected.observe({ detector }, seconds);
    },
  });
  const tls = servingTls(config);
  const server = await startGrpcServer({
    host: config.host,
    port: config.port,
    limits: config,
    services: [
      { name: 'clarion.detector.v1.DetectorService', definition: detectorV1.DetectorServiceService, implementation },
    ],
    descriptors: fileDescriptorSet(),
    ...(config.token !== undefined && { guard: bearerGuard(config.token) }),
    ...(tls !== undefined && { tls }),
    onCall: observedCalls({ log, metrics }),
  });
  log.info('Serving gRPC', { port: server.port, detectors: featureDetectors.length, tls: tls !== undefined });
  draining.addEventListener('abort', () => {
    server.setServing(false);
  });
  return { ready: () => Promise.resolve(true), stop: (signal) => server.stop(signal) };
}
