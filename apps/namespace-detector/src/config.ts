import {
  connectionSettings,
  detectorSettings,
  integer,
  port,
  processSettings,
  servingSettings,
  setting,
  size,
} from '@clarion/service-runtime';

/** Settings of the namespace detector. */
export const settings = {
  ...processSettings,
  ...servingSettings,
  ...connectionSettings,
  // Whoever asks brings the same one.
  token: detectorSettings.detectorToken,
  port: setting('CLARION_GRPC_PORT', port(), {
    about: 'Port of gRPC',
    default: '7072',
  }),
  concurrentCalls: setting('CLARION_CONCURRENT_CALLS', integer({ min: 1, max: 64 }), {
    about: 'Layers whose files are held in memory at the same time; the others wait',
    default: '4',
  }),
  callBytes: setting('CLARION_CALL_BYTES', size(), {
    about: 'Most bytes of the wanted files of one layer',
    default: '1GiB',
  }),
};
