import { serveDetectors } from '@clarion/detector-server';
import { featureDetectors } from '@clarion/feature-detectors';

/** Serves the detectors of packages over gRPC. */
export const serveFeatureDetectors = serveDetectors(featureDetectors);
