import { currentContext, type FollowedTls, followTls, type TlsObserver, type TlsSource } from '@clarion/connections';
import type { MongoClientOptions } from 'mongodb';

/** Client options with the current certificates. */
interface TlsOptions {
  readonly settings: Pick<MongoClientOptions, 'secureContext'>;
  readonly followed: FollowedTls | undefined;
}

/**
 * The driver reads the files of certificates in a connection string once. These options make each of its connections
 * use the files as they are then; without such files there is nothing to follow. Throws `invalid-input` for files that
 * cannot be used.
 */
export function tlsOptions(uri: string, observe?: TlsObserver): TlsOptions {
  const source = tlsSource(uri);
  if (source === undefined) return { settings: {}, followed: undefined };
  const followed = followTls(source, observe);
  return { settings: { secureContext: currentContext(followed) }, followed };
}

function tlsSource(uri: string): TlsSource | undefined {
  const query = uri.includes('?') ? uri.slice(uri.indexOf('?') + 1) : '';
  // Names of options do not depend on case.
  const options = new Map([...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value]));
  const isOff = [options.get('tls'), options.get('ssl')].includes('false');
  const isOn = uri.startsWith('mongodb+srv:') || [options.get('tls'), options.get('ssl')].includes('true');
  const [ca, pair, crl] = ['tlscafile', 'tlscertificatekeyfile', 'tlscrlfile'].map((name) => options.get(name));
  if (isOff || (!isOn && ca === undefined && pair === undefined)) return undefined;
  if (ca === undefined && pair === undefined && crl === undefined) return undefined;
  const passphrase = options.get('tlscertificatekeyfilepassword');
  return {
    use: 'mongodb',
    ...(ca !== undefined && { ca: { file: ca } }),
    ...(pair !== undefined && { certificate: { file: pair }, key: { file: pair } }),
    ...(crl !== undefined && { crl: { file: crl } }),
    ...(passphrase !== undefined && { passphrase }),
  };
}
