import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import type { Detector, Log } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import type { OpenedDetectors } from './opened-detectors';

/** All detectors of this build. */
const ownDetectors: readonly Detector[] = [...namespaceDetectors, ...featureDetectors];

/** The detectors of this build, and those of the services in `addresses` (`--detectors`, comma separated). */
export async function openDetectors(addresses: string | undefined, log?: Log): Promise<OpenedDetectors> {
  const local = localDetectorClient(ownDetectors);
  if (addresses === undefined || addresses.trim() === '') return { client: local, close: () => undefined };
  // Loaded only with such services, so that other runs do not load gRPC at every start.
  const { joinServices } = await import('./detector-services');
  return joinServices(local, addresses, log);
}
