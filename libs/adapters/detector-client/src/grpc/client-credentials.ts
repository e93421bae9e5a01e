import type { FollowedTls, TlsSource } from '@clarion/connections';
import { ChannelCredentials, Metadata } from '@grpc/grpc-js';

/** TLS settings of a connection: trusted authorities, and a certificate with its key for mutual TLS. */
export interface ClientTls extends TlsSource {
  /** The name in the server's certificate, if it differs from the address. */
  readonly serverName?: string;
}

/** Credentials of a channel. A channel keeps its context for ever: new certificates need a new one. */
export function channelCredentials(tls: Pick<FollowedTls, 'context'> | undefined): ChannelCredentials {
  return tls === undefined
    ? ChannelCredentials.createInsecure()
    : ChannelCredentials.createFromSecureContext(tls.context);
}

/** The metadata of every call. */
export function callMetadata(token: string | undefined): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}
