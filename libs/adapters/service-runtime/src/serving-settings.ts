import { type FollowedTls, followTls, type TlsObserver } from '@clarion/connections';
import { ClarionError } from '@clarion/model';

import { pemSource } from './pem-source';
import type { ProcessEnvironment } from './read-config';
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

interface TlsSurroundings {
  readonly observe: TlsObserver;
  /** The environment that may name files; that of the process unless given. */
  readonly env?: ProcessEnvironment;
}

/**
 * The certificates to serve with, read again when their files change; undefined for plain text. Throws `invalid-input`
 * unless there are both a certificate and its key, or neither, and if they do not belong together.
 */
export function servingTls(
  config: Omit<ConfigOf<typeof servingSettings>, 'host'>,
  { observe, env = process.env }: TlsSurroundings,
): FollowedTls | undefined {
  const { tlsCertificate, tlsKey, tlsClientCa } = config;
  if (tlsCertificate === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined;
  if (tlsCertificate === undefined || tlsKey === undefined) {
    throw new ClarionError('invalid-input', 'TLS needs both a certificate and its key', {
      remedy: 'set CLARION_TLS_CERTIFICATE_FILE and CLARION_TLS_KEY_FILE',
    });
  }
  const { tlsCertificate: certificate, tlsKey: key, tlsClientCa: ca } = servingSettings;
  return followTls(
    {
      use: 'serving',
      certificate: pemSource(certificate, tlsCertificate, env),
      key: pemSource(key, tlsKey, env),
      ...(tlsClientCa !== undefined && { ca: pemSource(ca, tlsClientCa, env) }),
    },
    observe,
  );
}
