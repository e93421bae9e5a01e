import {
  connectionSettings,
  detectorSettings,
  integer,
  port,
  processSettings,
  servingSettings,
  setting,
  size,
  type ServiceSetting,
} from '@clarion/service-runtime';

const settings = {
  ...processSettings,
  ...servingSettings,
  ...connectionSettings,
  // Callers send the same token.
  token: detectorSettings.detectorToken,
  concurrentCalls: setting('CLARION_CONCURRENT_CALLS', integer({ min: 1, max: 64 }), {
    about: 'Layers whose files are in memory at the same time; the others wait',
    default: '4',
  }),
  callBytes: setting('CLARION_CALL_BYTES', size(), {
    about: 'Most bytes of the wanted files of one layer',
    default: '1GiB',
  }),
};

/** Settings of a service that serves detectors, on this port by default. */
export function detectorServerSettings(
  defaultPort: number,
): typeof settings & { readonly port: ServiceSetting<number> } {
  return {
    ...settings,
    port: setting('CLARION_GRPC_PORT', port(), { about: 'Port of gRPC', default: String(defaultPort) }),
  };
}
