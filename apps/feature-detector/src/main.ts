import { serviceMain } from '@clarion/service-runtime';
import { settings } from './config';
import { clarionVersion } from './release';

serviceMain({
  name: 'feature-detector',
  version: clarionVersion,
  settings,
  instrument: ['grpc'],
  serves: true,
  load: async () => (await import('./serve-detectors')).serveDetectors,
});
