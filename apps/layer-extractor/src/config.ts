import {
  busSettings,
  detectorSettings,
  egressSettings,
  feedSettings,
  layerPortSettings,
  layerTimeSettings,
  processSettings,
  sealingSettings,
  storeSettings,
} from '@clarion/service-runtime';
import { indexingSettings } from '@clarion/settings';

/** Settings of the layer extractor. */
export const settings = {
  ...processSettings,
  ...storeSettings,
  ...busSettings,
  ...detectorSettings,
  ...sealingSettings,
  ...egressSettings,
  ...layerPortSettings,
  ...layerTimeSettings,
  ...feedSettings,
  ...indexingSettings,
};
