import { ClarionError } from '@clarion/model';

import { setting, text, type ConfigOf } from './setting';

/** Where a service listens for its callers, and how connections are encrypted. */
export const servingSettings = {
  host: setting('CLARION_HOST', text(), {
    about: 'Address that callers are served on',
    default: '0.0.0.0',
  }),
  tlsCertificate: setting('CLARION_TLS_CERTIFICATE', text(), {
    about: 'Certificate (PEM) to serve with; without one, connections are not encrypted',
    optional: true,
    secret: true,
  }),
  tlsKey: setting('CLARION_TLS_KEY', text(), {
    about: 'Private key (PEM) of the certificate',
    optional: true,
    secret: true,
  }),
  tlsClientCa: setting('CLARION_TLS_CLIENT_CA', text(), {
    about: 'Authorities (PEM) of client certificates; if set, every caller must present one',
    optional: true,
    secret: true,
  }),
};

/** TLS settings, all in PEM format. */
export interface ServingTls {
  readonly certificate: Uint8Array;
  readonly key: Uint8Array;
  /** Authorities of client certificates; if set, every client must present one. */
  readonly clientCa?: Uint8Array;
}

/** Undefined for plain text. Throws `invalid-input` unless there are both a certificate and its key, or neither. */
export function servingTls(config: Omit<ConfigOf<typeof servingSettings>, 'host'>): ServingTls | undefined {
  const { tlsCertificate, tlsKey, tlsClientCa } = config;
  if (tlsCertificate === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined;
  if (tlsCertificate === undefined || tlsKey === undefined) {
    throw new ClarionError('invalid-input', 'TLS needs both a certificate and its key', {
      remedy: 'set CLARION_TLS_CERTIFICATE_FILE and CLARION_TLS_KEY_FILE',
    });
  }
  return {
    certificate: Buffer.from(tlsCertificate),
    key: Buffer.from(tlsKey),
    ...(tlsClientCa !== undefined && { clientCa: Buffer.from(tlsClientCa) }),
  };
}
