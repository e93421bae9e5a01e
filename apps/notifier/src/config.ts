import {
  busSettings,
  egressSettings,
  feedSettings,
  processSettings,
  sealingSettings,
  setting,
  storeSettings,
  webhookPortSettings,
} from '@clarion/service-runtime';
import { apiSettings, notifyingSettings } from '@clarion/settings';

/** Settings of the notifier. */
export const settings = {
  ...processSettings,
  ...storeSettings,
  ...busSettings,
  ...egressSettings,
  ...webhookPortSettings,
  ...feedSettings,
  ...notifyingSettings,
  ...sealingSettings,
  // Without a default, as a log would not show that receivers get a wrong URL.
  publicUrl: setting('CLARION_PUBLIC_URL', apiSettings.publicUrl.schema, {
    about: 'Address of the API for receivers of webhooks: source of events and base of callbacks',
  }),
};
