import { clarionVersion } from '@clarion/release';
import { serviceMain } from '@clarion/service-runtime';
import { settings } from './config';

serviceMain({
  name: 'namespace-detector',
  version: clarionVersion,
  settings,
  instrument: ['grpc'],
  serves: true,
  load: async () => (await import('./serve-namespace-detectors')).serveNamespaceDetectors,
});
