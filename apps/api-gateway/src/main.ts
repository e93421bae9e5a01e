import { serviceMain } from '@clarion/service-runtime';
import { settings } from './config';
import { clarionVersion } from './release';

serviceMain({
  name: 'api-gateway',
  version: clarionVersion,
  settings,
  instrument: ['http', 'grpc', 'mongodb'],
  serves: true,
  load: async () => (await import('./serve-api')).serveApi,
});
