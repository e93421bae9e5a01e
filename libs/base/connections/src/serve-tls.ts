import { createServer } from 'node:tls';
import { afterFirstBytes, type ListenForConnections, type ServeConnection } from './listen-for-connections';

export interface ServeTls {
  /** All of it PEM. */
  readonly certificate: Uint8Array;
  readonly key: Uint8Array;
  /** Authorities of client certificates: when set, every caller must present one. */
  readonly clientCa?: Uint8Array;
  /** A handshake that takes longer is cut off. */
  readonly headersMillis: number;
  /** The server for a connection that begins with these decrypted bytes, as for `listenForConnections`. */
  readonly serveWith: ListenForConnections['serveWith'];
}

/** Decrypts connections that another component has accepted, HTTP/1.1 and HTTP/2, and has them served by protocol. */
export function serveTls({ certificate, key, clientCa, headersMillis, serveWith }: ServeTls): ServeConnection {
  const authorities =
    clientCa === undefined ? {} : { ca: Buffer.from(clientCa), requestCert: true, rejectUnauthorized: true };
  const server = createServer(
    {
      cert: Buffer.from(certificate),
      key: Buffer.from(key),
      ...authorities,
      ALPNProtocols: ['h2', 'http/1.1'],
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
    server.emit('connection', socket);
  };
}
