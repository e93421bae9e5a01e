import { detectorService } from '@clarion/detector-client/grpc';
import { bearerGuard, startGrpcServer } from '@clarion/grpc-server';
import type { Detector } from '@clarion/model';
import { detectorV1, fileDescriptorSet } from '@clarion/proto';
import {
  observedCalls,
  observeTls,
  servingTls,
  type ConfigOf,
  type RunningService,
  type ServiceContext,
  type StartService,
} from '@clarion/service-runtime';
import type { detectorServerSettings } from '@clarion/settings';

/**
 * Starts a service that serves these detectors over gRPC. It throws `invalid-input` for an inconsistent
 * configuration.
 */
export function serveDetectors(
  detectors: readonly Detector[],
): StartService<ReturnType<typeof detectorServerSettings>> {
  return (config, context) => serve(detectors, config, context);
}

async function serve(
  detectors: readonly Detector[],
  config: ConfigOf<ReturnType<typeof detectorServerSettings>>,
  { log, metrics, draining }: ServiceContext,
): Promise<RunningService> {
  const detected = metrics.metric('clarion_detect_duration_seconds');
  const implementation = detectorService({
    detectors,
    concurrency: config.concurrentCalls,
    limits: { bytes: config.callBytes },
    log,
    onDetected(detector, seconds) {
      detected.observe({ detector }, seconds);
    },
  });
  const tls = servingTls(config, { observe: observeTls({ log, metrics }) });
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
  log.info('Serving gRPC', { port: server.port, detectors: detectors.length, tls: tls !== undefined });
  draining.addEventListener('abort', () => {
    server.setServing(false);
  });
  return {
    ready: () => Promise.resolve(true),
    async stop(signal) {
      await server.stop(signal);
      tls?.close();
    },
  };
}
