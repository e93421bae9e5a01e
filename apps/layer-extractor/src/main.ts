import { clarionVersion } from '@clarion/release';
import { serviceMain } from '@clarion/service-runtime';
import { settings } from './config';

serviceMain({
  name: 'layer-extractor',
  version: clarionVersion,
  settings,
  instrument: ['http', 'grpc', 'mongodb'],
  serves: false,
  load: async () => (await import('./read-layers')).readLayers,
});
