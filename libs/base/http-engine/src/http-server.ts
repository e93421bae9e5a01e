import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { CallerLimits } from '@clarion/connections';

/** Limits of one connection against deliberately slow callers. Milliseconds. */
export type ServerLimits = Pick<CallerLimits, 'headersMillis' | 'requestMillis' | 'keepAliveMillis'>;

const headerBytes = 32 * 1024;

/** How connections are encrypted. All of it PEM. */
export interface HttpTls {
  readonly certificate: Uint8Array;
  readonly key: Uint8Array;
  /** Authorities of client certificates: when set, every caller must present one. */
  readonly clientCa?: Uint8Array;
}

export interface HttpServerOptions {
  readonly limits: ServerLimits;
  /** Absent: plain text. */
  readonly tls?: HttpTls;
}

/** A server for an application of APIs. Bodies also have separate time limits, which end with an error answer. */
export function createHttpServer(listener: RequestListener, options: HttpServerOptions): Server | SecureServer {
  const { headersMillis, requestMillis, keepAliveMillis } = options.limits;
  const settings = {
    maxHeaderSize: headerBytes,
    headersTimeout: headersMillis,
    // For bodies that are not read, and therefore not timed.
    requestTimeout: headersMillis + requestMillis,
    keepAliveTimeout: keepAliveMillis,
    connectionsCheckingInterval: Math.max(100, Math.min(5000, headersMillis / 2)),
  };
  const { tls } = options;
  const server =
    tls === undefined
      ? createServer(settings, listener)
      : createSecureServer({ ...settings, ...secureSettings(tls), handshakeTimeout: headersMillis }, listener);
  // A body that is not read, and does not arrive, must not keep a connection that was answered.
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
