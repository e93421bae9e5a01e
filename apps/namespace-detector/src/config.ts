import { detectorSettings, integer, port, processSettings, setting, size, text } from '@clarion/service-runtime';

/** Settings of the namespace detector. */
export const settings = {
  ...processSettings,
  // Whoever asks brings the same one.
  token: detectorSettings.detectorToken,
  host: setting('CLARION_GRPC_HOST', text(), {
    about: 'Address that gRPC is served on',
    default: '0.0.0.0',
  }),
  port: setting('CLARION_GRPC_PORT', port(), {
    about: 'Port of gRPC',
    default: '7072',
  }),
  tlsCertificate: setting('CLARION_TLS_CERTIFICATE', text(), {
    about: 'Certificate (PEM) to serve with; without, plain text is served',
    optional: true,
    secret: true,
  }),
  tlsKey: setting('CLARION_TLS_KEY', text(), {
    about: 'Private key (PEM) of the certificate',
    optional: true,
    secret: true,
  }),
  tlsClientCa: setting('CLARION_TLS_CLIENT_CA', text(), {
    about: 'Authorities (PEM) of client certificates; set, every caller must show one',
    optional: true,
    secret: true,
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
