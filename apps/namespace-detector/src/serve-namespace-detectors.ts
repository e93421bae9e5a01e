import { serveDetectors } from '@clarion/detector-server';
import { namespaceDetectors } from '@clarion/namespace-detectors';

/** Serves the detectors of the distribution over gRPC. */
export const serveNamespaceDetectors = serveDetectors(namespaceDetectors);
