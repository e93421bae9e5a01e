import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ClarionError, type Log } from '@clarion/model';

import type { ProcessMetrics } from './metrics';

export interface IntrospectionOptions {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Whether the service can accept work and requests now. An error, or no result within five seconds, means no. */
  readonly ready: () => Promise<boolean>;
  readonly metrics: ProcessMetrics;
  readonly log: Log;
}

/** The listener for probes and scrapes. It needs no credentials, so it has a separate port. */
export interface IntrospectionListener {
  readonly port: number;
  close(): Promise<void>;
}

const slowestReadiness = 5000;

/**
 * Serves `/healthz` (the process answers), `/readyz` (200 or 503) and `/metrics`, for GET and HEAD. Throws
 * `invalid-input` when it cannot listen on the port.
 */
export async function startIntrospection(options: IntrospectionOptions): Promise<IntrospectionListener> {
  const server = createServer({ headersTimeout: 5000, requestTimeout: 5000, keepAliveTimeout: 5000 });
  server.maxConnections = 100;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, options)
      .catch((error: unknown) => {
        options.log.error('Introspection failed', { error });
        return { status: 500, contentType: 'application/json', body: '{"status":"error"}' };
      })
      .then((result) => {
        send(request, response, result);
      })
      .catch(() => response.destroy());
  });
  await listening(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
        setTimeout(() => {
          server.closeAllConnections();
        }, 1000).unref();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly allow?: string;
}

const json = (status: number, body: object): Answer => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body),
});

async function answer(request: IncomingMessage, options: IntrospectionOptions): Promise<Answer> {
  const path = (request.url ?? '').replace(/\?.*$/s, '');
  if (!['/healthz', '/readyz', '/metrics'].includes(path)) return json(404, { status: 'not found' });
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { ...json(405, { status: 'method not allowed' }), allow: 'GET, HEAD' };
  }
  if (path === '/healthz') return json(200, { status: 'ok' });
  if (path === '/metrics') return { status: 200, ...(await options.metrics.scrape(request.headers.accept)) };
  return (await isReady(options.ready)) ? json(200, { status: 'ok' }) : json(503, { status: 'not ready' });
}

async function isReady(ready: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, slowestReadiness, false);
  });
  try {
    return await Promise.race([ready(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function send(request: IncomingMessage, response: ServerResponse, result: Answer): void {
  response.writeHead(result.status, {
    'content-type': result.contentType,
    'content-length': Buffer.byteLength(result.body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(result.allow !== undefined && { allow: result.allow }),
  });
  response.end(request.method === 'HEAD' ? undefined : result.body);
}

function listening(server: Server, { host, port }: IntrospectionOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `Probes and metrics cannot listen on ${host}:${port} (${cause.code ?? cause.message})`;
      reject(new ClarionError('invalid-input', message, { cause, remedy: 'choose another port or address' }));
    });
    server.listen(port, host, resolve);
  });
}
