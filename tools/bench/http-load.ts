import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** What a bounded run of requests came to. */
export interface Load {
  readonly requestsASecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers that were not 2xx, and requests without an answer. */
  readonly failed: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly token: string;
  /** Each is sent in turn. */
  readonly requests: readonly { readonly method?: string; readonly path: string; readonly body?: string }[];
  readonly connections: number;
  readonly seconds: number;
}

interface Result {
  readonly requests: { readonly average: number };
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly non2xx: number;
  readonly errors: number;
}

const autocannon = join(dirname(createRequire(__filename).resolve('autocannon/package.json')), 'autocannon.js');

/** Sends requests over some connections, one after the other on each, from a process of its own (autocannon). */
export async function runLoad({ url, token, requests, connections, seconds }: LoadOptions): Promise<Load> {
  // Its own HAR input is the one way to give several requests on the command line.
  const har = { log: { entries: requests.map((request) => ({ request: harRequest(url, token, request) })) } };
  const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(join(tmpdir(), 'clarion-load-'));
  try {
    const file = join(folder, 'requests.har');
    writeFileSync(file, JSON.stringify(har));
    const args = [autocannon, '--json', '--har', file, '-c', String(connections), '-d', String(seconds), url];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 28 });
    const result = JSON.parse(stdout) as Result;
    const { p50, p99 } = result.latency;
    return { requestsASecond: result.requests.average, p50, p99, failed: result.non2xx + result.errors };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function harRequest(url: string, token: string, { method = 'GET', path, body }: LoadOptions['requests'][number]): object {
  const headers = [
    { name: 'authorization', value: `Bearer ${token}` },
    ...(body === undefined ? [] : [{ name: 'content-type', value: 'application/json' }]),
  ];
  return { method, url: `${url}/api/v1${path}`, headers, ...(body === undefined ? {} : { postData: { text: body } }) };
}
