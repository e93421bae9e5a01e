import { serviceMain } from '@clarion/service-runtime';
import { settings } from './config';
import { clarionVersion } from './release';

serviceMain({
  name: 'feed-updater',
  version: clarionVersion,
  settings,
  instrument: ['http', 'mongodb'],
  serves: false,
  load: async () => (await import('./update-feeds')).updateFeeds,
});
