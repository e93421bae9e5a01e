import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';

/** Limits of connections against callers that are slow on purpose. Milliseconds and bytes. */
export interface ServerLimits {
  /** All headers of a request must be there within this time; default 10 s. */
  readonly headersMillis: number;
  readonly headerBytes: number;
  /** Idle time between two requests of a connection; default 65 s, more than load balancers keep. */
  readonly keepAliveMillis: number;
  readonly connections: number;
}

export const defaultServerLimits: ServerLimits = {
  headersMillis: 10_000,
  headerBytes: 32 * 1024,
  keepAliveMillis: 65_000,
  connections: 10_000,
};

/** How connections are encrypted. All of it PEM. */
export interface HttpTls {
  readonly certificate: Uint8Array;
  readonly key: Uint8Array;
  /** Authorities of client certificates: given, every caller must show one. */
  readonly clientCa?: Uint8Array;
}

export interface HttpServerOptions {
  readonly limits?: Partial<ServerLimits>;
  /** Absent: plain text. */
  readonly tls?: HttpTls;
}

/** A server for the REST face. Bodies have their own time limits, since archives may take long and JSON may not. */
export function createHttpServer(listener: RequestListener, options: HttpServerOptions = {}): Server | SecureServer {
  const { headersMillis, headerBytes, keepAliveMillis, connections } = { ...defaultServerLimits, ...options.limits };
  const settings = {
    maxHeaderSize: headerBytes,
    headersTimeout: headersMillis,
    requestTimeout: 0,
    keepAliveTimeout: keepAliveMillis,
    connectionsCheckingInterval: Math.max(100, Math.min(5000, headersMillis / 2)),
  };
  const { tls } = options;
  const server =
    tls === undefined
      ? createServer(settings, listener)
      : createSecureServer({ ...settings, ...secureSettings(tls), handshakeTimeout: headersMillis }, listener);
  server.maxConnections = connections;
  // A body that nobody wants, and that does not come, must not keep a connection that was answered.
  server.on('request', (request, response) => {
    response.once('finish', () => {
      if (!request.complete) setTimeout(() => request.complete || request.socket.destroy(), headersMillis).unref();
    });
  });
  return server;
}

function secureSettings({ certificate, key, clientCa }: HttpTls) {
  const pair = { cert: Buffer.from(certificate), key: Buffer.from(key) };
  if (clientCa === undefined) return pair;
  return { ...pair, ca: Buffer.from(clientCa), requestCert: true, rejectUnauthorized: true };
}
