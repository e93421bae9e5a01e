import { busSettings, detectorSettings, port, processSettings, setting, storeSettings } from '@clarion/service-runtime';
import { apiSettings } from '@clarion/settings';

/** Settings of the API gateway. */
export const settings = {
  ...processSettings,
  ...storeSettings,
  ...busSettings,
  ...detectorSettings,
  ...apiSettings,
  restPort: setting('CLARION_REST_PORT', port(), { about: 'Port of REST', default: '8080' }),
  grpcPort: setting('CLARION_GRPC_PORT', port(), { about: 'Port of gRPC', default: '9090' }),
};
