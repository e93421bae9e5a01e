import { clarionVersion } from '@clarion/release';
import { serviceMain } from '@clarion/service-runtime';
import { settings } from './config';

serviceMain({
  name: 'feature-detector',
  version: clarionVersion,
  settings,
  instrument: ['grpc'],
  serves: true,
  load: async () => (await import('./serve-feature-detectors')).serveFeatureDetectors,
});
