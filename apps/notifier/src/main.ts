import { clarionVersion } from '@clarion/release';
import { serviceMain } from '@clarion/service-runtime';
import { settings } from './config';

serviceMain({
  name: 'notifier',
  version: clarionVersion,
  settings,
  instrument: ['http', 'mongodb'],
  serves: false,
  load: async () => (await import('./notify')).notify,
});
