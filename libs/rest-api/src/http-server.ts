import { createServer, type RequestListener, type Server } from 'node:http';

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

/** A server for the REST face. Bodies have their own time limits, since archives may take long and JSON may not. */
export function createHttpServer(listener: RequestListener, limits: Partial<ServerLimits> = {}): Server {
  const { headersMillis, headerBytes, keepAliveMillis, connections } = { ...defaultServerLimits, ...limits };
  const server = createServer(
    {
      maxHeaderSize: headerBytes,
      headersTimeout: headersMillis,
      requestTimeout: 0,
      keepAliveTimeout: keepAliveMillis,
      connectionsCheckingInterval: Math.max(100, Math.min(5000, headersMillis / 2)),
    },
    listener,
  );
  server.maxConnections = connections;
  return server;
}
