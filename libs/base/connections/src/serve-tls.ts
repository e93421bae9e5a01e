import { createServer } from 'node:tls';
import type { FollowedTls, TlsMaterial } from './follow-tls';
import { afterFirstBytes, type ListenForConnections, type ServeConnection } from './listen-for-connections';

/** Certificates of a server. With authorities in them, every caller must present a certificate of one of those. */
export type ServerTls = Pick<FollowedTls, 'material'>;

export interface ServeTls {
  readonly tls: ServerTls;
  /** As in ALPN; the first is preferred. */
  readonly protocols: readonly ('h2' | 'http/1.1')[];
  /** A handshake that takes longer is cut off. */
  readonly headersMillis: number;
  /** The server for a connection that begins with these decrypted bytes, as for `listenForConnections`. */
  readonly serveWith: ListenForConnections['serveWith'];
}

/**
 * Decrypts connections that another component has accepted, and has them served by what they begin with. A connection
 * uses the certificates that are current when it begins.
 */
export function serveTls({ tls, protocols, headersMillis, serveWith }: ServeTls): ServeConnection {
  let used: TlsMaterial = tls.material;
  const server = createServer(
    {
      ...used,
      ...(used.ca !== undefined && { requestCert: true, rejectUnauthorized: true }),
      ALPNProtocols: [...protocols],
      handshakeTimeout: headersMillis,
    },
    (socket) => {
      socket.once('error', () => socket.destroy());
      afterFirstBytes(socket, serveWith, (serve) => {
        serve(socket);
      });
    },
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return (socket) => {
    const { material } = tls;
    if (material !== used) {
      used = material;
      server.setSecureContext(material);
    }
    server.emit('connection', socket);
  };
}
