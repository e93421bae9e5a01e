import { isChildProcess } from '@clarion/child-processes/argument';
import { clarionVersion } from '@clarion/release';
import { serviceMain } from '@clarion/service-runtime';
import { settings } from './config';

if (isChildProcess(process.argv)) {
  void import('./image-process').then(({ runImageProcess }) => {
    runImageProcess();
  });
} else {
  serviceMain({
    name: 'api-gateway',
    version: clarionVersion,
    settings,
    instrument: ['http', 'grpc', 'mongodb'],
    serves: true,
    load: async () => (await import('./serve-api')).serveApi,
  });
}
