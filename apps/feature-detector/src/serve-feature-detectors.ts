import { serveDetectors } from '@clarion/detector-server';
import { featureDetectors } from '@clarion/feature-detectors';

/** Serves the package detectors over gRPC. */
export const serveFeatureDetectors = serveDetectors(featureDetectors);
