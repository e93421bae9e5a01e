import type { TlsSource } from '@clarion/connections';
import { ClarionError } from '@clarion/model';

import { pemSource } from './pem-source';
import type { ProcessEnvironment } from './read-config';
import { list, setting, text, type ConfigOf } from './setting';

/** The services that run detectors on files. */
export const detectorSettings = {
  detectors: setting('CLARION_DETECTORS', list(), {
    about:
      'Addresses of detector services (`host:port`, `tls://host:port`), separated by commas; one of your own joins here',
    default: '127.0.0.1:7071,127.0.0.1:7072',
  }),
  detectorToken: setting('CLARION_DETECTOR_TOKEN', text(), {
    about: 'Token that detector services are asked with',
    optional: true,
    secret: true,
  }),
  detectorCa: setting('CLARION_DETECTOR_CA', text(), {
    about: 'Authorities (PEM) of the certificates of detector services; those of Node.js unless stated',
    optional: true,
    secret: true,
  }),
  detectorCertificate: setting('CLARION_DETECTOR_CERTIFICATE', text(), {
    about: 'Certificate (PEM) that detector services ask for',
    optional: true,
    secret: true,
  }),
  detectorKey: setting('CLARION_DETECTOR_KEY', text(), {
    about: 'Private key (PEM) of that certificate',
    optional: true,
    secret: true,
  }),
};

/** One detector service, with its credentials. */
export interface DetectorAddress {
  readonly address: string;
  readonly token?: string;
  /** Absent: plain text. */
  readonly tls?: TlsSource;
}

/**
 * The detector services of a configuration; `env` may name files with certificates, which are followed. Throws `invalid-input` for a certificate without a key or the reverse, and
 * for TLS material that no address uses: otherwise an operator would assume that connections are encrypted although
 * they are not.
 */
export function detectorAddresses(
  config: ConfigOf<typeof detectorSettings>,
  env: ProcessEnvironment = process.env,
): readonly DetectorAddress[] {
  const {
    detectors,
    detectorToken: token,
    detectorCa: ca,
    detectorCertificate: certificate,
    detectorKey: key,
  } = config;
  if ((certificate === undefined) !== (key === undefined)) {
    throw new ClarionError('invalid-input', 'A certificate for detector services needs its key', {
      remedy: 'set both (CLARION_DETECTOR_CERTIFICATE_FILE and CLARION_DETECTOR_KEY_FILE, or the options)',
    });
  }
  const withoutPort = detectors.find((address) => !address.replace(/^tls:\/\//, '').includes(':'));
  if (withoutPort !== undefined) {
    throw new ClarionError('invalid-input', `The address "${withoutPort}" of a detector service has no port`, {
      remedy: 'write it as host:port or tls://host:port',
    });
  }
  const isSecure = (address: string): boolean => address.startsWith('tls://');
  if ((ca ?? certificate) !== undefined && !detectors.some(isSecure)) {
    throw new ClarionError('invalid-input', 'There are certificates for detector services, and no address uses TLS', {
      remedy: 'write the addresses of detectors as tls://host:port',
    });
  }
  const { detectorCa, detectorCertificate, detectorKey } = detectorSettings;
  const tls: TlsSource = {
    use: 'detectors',
    ...(ca !== undefined && { ca: pemSource(detectorCa, ca, env) }),
    ...(certificate !== undefined && { certificate: pemSource(detectorCertificate, certificate, env) }),
    ...(key !== undefined && { key: pemSource(detectorKey, key, env) }),
  };
  return detectors.map((address) => ({
    address: address.replace(/^tls:\/\//, ''),
    ...(token !== undefined && { token }),
    ...(isSecure(address) && { tls }),
  }));
}
