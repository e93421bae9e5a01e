import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Installation } from './installations';

/** The result of a limited run of requests. */
export interface Load {
  readonly requests: number;
  readonly requestsASecond: number;
  /** Of an answer, with its head. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers that were not 2xx or 3xx, and requests without an answer. */
  readonly failed: number;
}

export interface LoadOptions {
  readonly requests: readonly {
    readonly method?: 'GET' | 'POST';
    readonly path: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  }[];
  readonly connections: number;
  /** Duration; or, with `amount`, the number of requests. */
  readonly seconds?: number;
  readonly amount?: number;
}

const script = join(__dirname, '..', '..', '..', '..', 'tools', 'bench', 'http-load.mjs');

/** Calls the REST API from another process, one request after the other on each connection, as one caller after the other. */
export function runLoad({ api, callers }: Installation, { requests, ...options }: LoadOptions): Promise<Load> {
  const rounds = Math.ceil(callers.length / requests.length);
  const all = Array.from({ length: rounds }, () => requests).flat();
  const prepared = all.map(({ method = 'GET', path, body, headers }, number) => ({
    method,
    path: `/api/v1${path}`,
    headers: {
      ...headers,
      authorization: `Bearer ${callers[number % callers.length] ?? ''}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }));
  return sendLoad(api.url, { requests: prepared, ...options });
}

/** The same with requests as they are. */
export async function sendLoad(
  url: string,
  options: Omit<LoadOptions, 'requests'> & { readonly requests: readonly object[] },
): Promise<Load> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.end(JSON.stringify({ url, ...options }));
  return JSON.parse(await text(child.stdout)) as Load;
}
