import { serviceMain } from '@clarion/service-runtime';
import { settings } from './config';
import { clarionVersion } from './release';

serviceMain({
  name: 'layer-extractor',
  version: clarionVersion,
  settings,
  instrument: ['http', 'grpc', 'mongodb'],
  serves: false,
  load: async () => (await import('./read-layers')).readLayers,
});
