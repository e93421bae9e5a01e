import { clarionVersion } from '@clarion/release';
import { serviceMain } from '@clarion/service-runtime';
import { settings } from './config';

serviceMain({
  name: 'feed-updater',
  version: clarionVersion,
  settings,
  instrument: ['http', 'mongodb'],
  serves: false,
  load: async () => (await import('./update-feeds')).updateFeeds,
});
