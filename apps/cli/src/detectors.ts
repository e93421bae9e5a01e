import { joinedDetectorClient, localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import type { Detector, DetectorClient, Log } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';

/** All detectors of this build. */
export const ownDetectors: readonly Detector[] = [...namespaceDetectors, ...featureDetectors];

export interface OpenedDetectors {
  readonly client: DetectorClient;
  close(): void;
}

/**
 * The detectors of this build and those of the services in `addresses` (`--detectors`, comma separated). What else those
 * services ask for stands in `CLARION_DETECTOR_TOKEN`, `…_CA`, `…_CERTIFICATE` and `…_KEY`, as for the layer extractor.
 * Throws `invalid-input` for addresses or certificates that make no sense.
 */
export async function openDetectors(addresses: string | undefined, log?: Log): Promise<OpenedDetectors> {
  const local = localDetectorClient(ownDetectors);
  if (addresses === undefined || addresses.trim() === '') return { client: local, close: () => undefined };
  // Loaded for those who have such services: everybody else would wait for gRPC at every start.
  const [{ grpcDetectorClient }, { detectorAddresses, detectorSettings, readConfig }] = await Promise.all([
    import('@clarion/detector-client/grpc'),
    import('@clarion/service-runtime'),
  ]);
  const { config } = readConfig(detectorSettings, { ...process.env, CLARION_DETECTORS: addresses });
  const services = detectorAddresses(config).map((one) => grpcDetectorClient({ ...one, ...(log && { log }) }));
  return {
    client: joinedDetectorClient([local, ...services]),
    close() {
      for (const service of services) service.close();
    },
  };
}
