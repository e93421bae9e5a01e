import { ChannelCredentials, Metadata } from '@grpc/grpc-js';

/** TLS settings of a connection, all in PEM format. */
export interface ClientTls {
  /** Trusted authorities. Default: those of the system. */
  readonly ca?: Uint8Array;
  /** Proof of who calls, for mutual TLS: both or none. */
  readonly certificate?: Uint8Array;
  readonly key?: Uint8Array;
  /** The name in the server's certificate, if it differs from the address. */
  readonly serverName?: string;
}

/** Credentials of the channel, and metadata of every call. */
export function callCredentials({ tls, token }: { readonly tls?: ClientTls; readonly token?: string }): {
  readonly credentials: ChannelCredentials;
  readonly metadata: Metadata;
} {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  if (tls === undefined) return { credentials: ChannelCredentials.createInsecure(), metadata };
  const pem = (bytes: Uint8Array | undefined): Buffer | null => (bytes === undefined ? null : Buffer.from(bytes));
  return { credentials: ChannelCredentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.certificate)), metadata };
}
