import { serveDetectors } from '@clarion/detector-server';
import { featureDetectors } from '@clarion/feature-detectors';
import { enabledDetectors } from '@clarion/model';
import type { StartService } from '@clarion/service-runtime';
import type { settings } from './config';

/** Serves the package detectors that are on over gRPC. Throws `invalid-input` for an unknown id of a setting. */
export const serveFeatureDetectors: StartService<typeof settings> = (config, context) => {
  const { enableDetectors: enable, disableDetectors: disable, lockFiles } = config;
  return serveDetectors(enabledDetectors(featureDetectors, { enable, disable, lockFiles }))(config, context);
};
