import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { slowly } from './deliberate-delay';

/** Faults of responses about one path, `times` times (default: always). */
export type FeedFault = { readonly times?: number } & (
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  /** Declares the full length and ends the connection after `bytes`. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Sends only `bytes` and declares that length: truncated in a way that HTTP cannot detect. */
  | { readonly kind: 'cut'; readonly bytes: number }
  | { readonly kind: 'slow'; readonly millis: number }
  /** Sends `bytes`, waits, sends the rest. */
  | { readonly kind: 'pause'; readonly bytes: number; readonly millis: number }
  /** Flips the byte in the middle. */
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'redirect'; readonly location: string }
);

export interface FeedServerOptions {
  /** Which validators are sent and honoured; default both. */
  readonly validators?: 'both' | 'etag' | 'last-modified' | 'none';
  /** Compress bodies for clients that accept it, as `Content-Encoding: gzip`. */
  readonly contentEncoding?: boolean;
}

export interface FeedServerRequest {
  readonly path: string;
  /** With its question mark; '' without one. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly status: number;
}

/** A web server on the loopback interface with documents in memory and faults on demand. */
export interface FeedServer {
  /** Base URL with trailing slash. */
  readonly url: string;
  /** All requests, in order; clear it by setting its length to 0. */
  readonly requests: FeedServerRequest[];
  /** Paths of all requests as they arrive, answered or not. */
  readonly arrived: string[];
  /** Paths whose responses have sent the bytes before their pause (the fault of that name). */
  readonly paused: string[];
  /** Puts a document, or several: each request gets the next one (the last one stays). */
  put(path: string, ...bodies: readonly (string | Uint8Array)[]): void;
  remove(path: string): void;
  /** Replaces the fault of a path; undefined heals it. */
  fault(path: string, fault: FeedFault | undefined): void;
  close(): Promise<void>;
}

interface FeedSite {
  readonly options: FeedServerOptions;
  readonly documents: Map<string, ServedDocument>;
  readonly faults: Map<string, { readonly fault: FeedFault; left: number }>;
  readonly requests: FeedServerRequest[];
  readonly arrived: string[];
  readonly paused: string[];
}

interface ServedDocument {
  readonly bodies: Buffer[];
  modified: Date;
}

/** Starts a server on a free port. Folders are served as an index page in the format of nginx. */
export async function startFeedServer(options: FeedServerOptions = {}): Promise<FeedServer> {
  const site: FeedSite = { options, documents: new Map(), faults: new Map(), requests: [], arrived: [], paused: [] };
  let puts = 0;
  const server = createServer((request, response) => {
    void answer(site, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests: site.requests,
    arrived: site.arrived,
    paused: site.paused,
    put(path, ...bodies) {
      // HTTP dates have whole seconds; each put is a later one.
      const modified = new Date(Date.UTC(2026, 0, 1, 0, 0, puts++));
      site.documents.set(path, { bodies: bodies.map((body) => Buffer.from(body)), modified });
    },
    remove: (path) => void site.documents.delete(path),
    fault(path, fault) {
      if (fault === undefined) site.faults.delete(path);
      else site.faults.set(path, { fault, left: fault.times ?? Infinity });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(site: FeedSite, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search: query } = new URL(request.url ?? '/', 'http://localhost');
  const path = decodeURIComponent(pathname).slice(1);
  site.arrived.push(path);
  response.on('close', () => {
    const headers = request.headers as FeedServerRequest['headers'];
    site.requests.push({ path, query, headers, status: response.statusCode });
  });
  const fault = takeFault(site, path);
  if (fault?.kind === 'slow') await slowly(fault.millis);
  if (fault?.kind === 'status') {
    const retry = fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter };
    response.writeHead(fault.status, retry).end('fault');
    return;
  }
  if (fault?.kind === 'redirect') {
    response.writeHead(302, { location: fault.location }).end();
    return;
  }
  const served = site.documents.get(path);
  if (served !== undefined) await sendDocument(served, { site, path, fault, request, response });
  else sendIndex(site, path, response);
}

function takeFault(site: FeedSite, path: string): FeedFault | undefined {
  const entry = site.faults.get(path);
  if (entry === undefined || entry.left <= 0) return undefined;
  entry.left -= 1;
  return entry.fault;
}

interface HttpExchange {
  readonly site: FeedSite;
  readonly path: string;
  readonly fault: FeedFault | undefined;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function sendDocument(
  served: ServedDocument,
  { site, path, fault, request, response }: HttpExchange,
): Promise<void> {
  const plain = (served.bodies.length > 1 ? served.bodies.shift() : served.bodies[0]) ?? Buffer.alloc(0);
  const { validators = 'both', contentEncoding = false } = site.options;
  const etag = `"${createHash('sha256').update(plain).digest('hex').slice(0, 16)}"`;
  const modified = served.modified.toUTCString();
  if (validators === 'both' || validators === 'etag') response.setHeader('etag', etag);
  if (validators === 'both' || validators === 'last-modified') response.setHeader('last-modified', modified);
  const sameTag = response.hasHeader('etag') && request.headers['if-none-match'] === etag;
  const sameDate = response.hasHeader('last-modified') && request.headers['if-modified-since'] === modified;
  if (sameTag || (sameDate && request.headers['if-none-match'] === undefined) || (sameDate && validators !== 'both')) {
    response.writeHead(304).end();
    return;
  }
  const encode = contentEncoding && request.headers['accept-encoding']?.includes('gzip') === true;
  if (encode) response.setHeader('content-encoding', 'gzip');
  const whole = encode ? gzipSync(plain) : plain;
  if (fault?.kind === 'truncate') {
    response.writeHead(200, { 'content-length': whole.length });
    response.write(whole.subarray(0, fault.bytes), () => response.destroy());
    return;
  }
  if (fault?.kind === 'pause') {
    response.writeHead(200, { 'content-length': whole.length });
    response.write(whole.subarray(0, fault.bytes), () => site.paused.push(path));
    await slowly(fault.millis);
    response.end(whole.subarray(fault.bytes));
    return;
  }
  response.end(damaged(whole, fault));
}

function damaged(whole: Buffer, fault: FeedFault | undefined): Buffer {
  if (fault?.kind === 'cut') return whole.subarray(0, fault.bytes);
  if (fault?.kind !== 'corrupt') return whole;
  const copy = Buffer.from(whole);
  const middle = Math.floor(copy.length / 2);
  copy[middle] = (copy[middle] ?? 0) ^ 0x55;
  return copy;
}

function sendIndex(site: FeedSite, folder: string, response: ServerResponse): void {
  const names = new Set<string>();
  for (const path of site.documents.keys()) {
    if (!path.startsWith(folder)) continue;
    const [first = '', ...rest] = path.slice(folder.length).split('/');
    names.add(rest.length > 0 ? `${first}/` : first);
  }
  if (names.size === 0 || (folder !== '' && !folder.endsWith('/'))) {
    response.writeHead(404).end('not here');
    return;
  }
  const links = [...names].map((name) => `<a href="${encodeURI(name)}">${name}</a>      01-Jan-2026 00:00      -`);
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(
    `<html><body><h1>Index of /${folder}</h1><hr><pre><a href="../">../</a>\n${links.join('\n')}\n</pre></body></html>`,
  );
}
