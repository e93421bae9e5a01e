import { busSettings, egressSettings, feedSettings, processSettings, storeSettings } from '@clarion/service-runtime';
import { updatingSettings } from '@clarion/settings';

/** Settings of the feed updater. */
export const settings = {
  ...processSettings,
  ...storeSettings,
  ...busSettings,
  ...egressSettings,
  ...feedSettings,
  ...updatingSettings,
};
