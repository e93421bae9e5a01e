import { joinedDetectorClient } from '@clarion/detector-client';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import type { DetectorClient, Log } from '@clarion/model';
import { detectorAddresses, detectorSettings, observeTls, readConfig } from '@clarion/service-runtime';
import type { OpenedDetectors } from './opened-detectors';

/** Which detector services are used. */
export interface ServiceChoice {
  /** Addresses of detector services, comma-separated (`--detectors`). */
  readonly detectors?: string;
  /** The variables with the credentials for those services; the environment unless given. */
  readonly credentials?: Readonly<Record<string, string | undefined>>;
}

/**
 * Adds detectors of services to the local ones. The credentials for those services are in `CLARION_DETECTOR_TOKEN`,
 * `…_CA`, `…_CERTIFICATE` and `…_KEY`, as for the layer extractor. Throws `invalid-input` for invalid addresses or
 * certificates.
 */
export function joinServices(
  local: DetectorClient,
  { detectors, credentials = process.env }: ServiceChoice,
  log?: Log,
): OpenedDetectors {
  const { config } = readConfig(detectorSettings, { ...credentials, CLARION_DETECTORS: detectors });
  const services = detectorAddresses(config, credentials).map((one) =>
    grpcDetectorClient({ ...one, ...(log && { log, onTls: observeTls({ log }) }) }),
  );
  return {
    client: joinedDetectorClient([local, ...services]),
    close() {
      for (const service of services) service.close();
    },
  };
}
