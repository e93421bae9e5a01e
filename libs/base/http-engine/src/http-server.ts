import { createServer, type RequestListener, type Server } from 'node:http';
import type { CallerLimits } from '@clarion/connections';

/** Limits of one connection against deliberately slow callers. Milliseconds. */
export type ServerLimits = Pick<CallerLimits, 'headersMillis' | 'requestMillis' | 'keepAliveMillis'>;

const headerBytes = 32 * 1024;

export interface HttpServerOptions {
  readonly limits: ServerLimits;
}

/** A server for an application of APIs. Bodies also have separate time limits, which end with an error answer. */
export function createHttpServer(listener: RequestListener, options: HttpServerOptions): Server {
  const { headersMillis, requestMillis, keepAliveMillis } = options.limits;
  const settings = {
    maxHeaderSize: headerBytes,
    headersTimeout: headersMillis,
    // For bodies that are not read, and therefore not timed.
    requestTimeout: headersMillis + requestMillis,
    keepAliveTimeout: keepAliveMillis,
    connectionsCheckingInterval: Math.max(100, Math.min(5000, headersMillis / 2)),
  };
  const server = createServer(settings, listener);
  // A body that is not read, and does not arrive, must not keep a connection that was answered.
  server.on('request', (request, response) => {
    response.once('finish', () => {
      if (!request.complete) setTimeout(() => request.complete || request.socket.destroy(), headersMillis).unref();
    });
  });
  return server;
}
