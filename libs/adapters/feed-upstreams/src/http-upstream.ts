import { setTimeout as sleep } from 'node:timers/promises';
import type { Egress, EgressResponse } from '@clarion/egress';
import { ClarionError, type FetchResult, type Upstream, type DocumentValidators } from '@clarion/model';
import {
  compressionSuffixes,
  decompress,
  type DecompressLimits,
  defaultDecompressLimits,
  stripSuffix,
} from './decompress';
import { counted } from './counted';
import { pathSegments } from './document-path';
import { namesOfIndexPage } from './index-page';
import { createPace } from './pace';

export interface HttpOptions {
  /** Where the feed's documents lie; a trailing slash is added when it lacks. */
  readonly baseUrl: string;
  /** Limits, guards and retries every request. */
  readonly egress: Pick<Egress, 'request'>;
  readonly signal?: AbortSignal;
  /** The address of a document, relative to the base and with its query, if any; undefined: its own path. */
  readonly locate?: (path: string) => string | undefined;
  /** Most requests a second; default 10. */
  readonly requestsPerSecond?: number;
  /** Largest body as transported, in bytes; default 2 GiB. */
  readonly maxBytes?: number;
  readonly limits?: DecompressLimits;
}

const defaultMaxBytes = 2 * 1024 ** 3;
const maxRepeats = 3;
const maxWaitSeconds = 60;
const maxIndexBytes = 16 * 1024 ** 2;

interface Client {
  /** Throws for every status but 200, 304, 404 and 410. */
  ask(url: string, headers: Readonly<Record<string, string>>, maxBytes: number): Promise<EgressResponse>;
  readonly base: string;
  readonly locate: NonNullable<HttpOptions['locate']>;
  readonly maxBytes: number;
  readonly limits: DecompressLimits;
}

/**
 * Reads a feed's documents from a web server: its upstream or a mirror. Requests are conditional by ETag and by
 * Last-Modified, because some servers ignore one of them. A document that does not exist under its own name is searched
 * for with a compression suffix. Throws `upstream-unavailable`, `unauthorized` or `limit-exceeded`; broken bodies throw
 * on reading.
 */
export function httpUpstream(options: HttpOptions): Upstream {
  const { egress, signal } = options;
  const pace = createPace(options.requestsPerSecond ?? 10);
  const base = new URL(options.baseUrl.endsWith('/') ? options.baseUrl : `${options.baseUrl}/`).href;
  const ask: Client['ask'] = async (url, headers, maxBytes) => {
    for (let repeats = 0; ; repeats += 1) {
      await pace(signal);
      const answer = await egress.request({ url, headers, maxBytes, ...(signal === undefined ? {} : { signal }) });
      if ([200, 304, 404, 410].includes(answer.status)) return answer;
      await answer.discard();
      const wait = repeats < maxRepeats ? askedToWait(answer) : undefined;
      if (wait === undefined) throw refused(url, answer.status);
      await sleep(wait, undefined, signal === undefined ? {} : { signal });
    }
  };
  const { maxBytes = defaultMaxBytes, limits = defaultDecompressLimits, locate = () => undefined } = options;
  const client: Client = { ask, base, locate, maxBytes, limits };
  return {
    get: (name, validators) => getDocument(client, name, validators),
    list: (folder) => listIndex(client, folder),
  };
}

/**
 * Milliseconds to wait after a 403 with Retry-After: some hosts use it instead of 429, which the egress retries itself.
 */
function askedToWait({ status, headers }: EgressResponse): number | undefined {
  const seconds = headers.get('retry-after')?.trim() ?? '';
  if (status !== 403 || !/^\d{1,3}$/.test(seconds)) return undefined;
  return Number(seconds) <= maxWaitSeconds ? Number(seconds) * 1000 : undefined;
}

function refused(url: string, status: number): ClarionError {
  if (status === 401) return new ClarionError('unauthorized', `${url} asks for credentials`);
  return new ClarionError('upstream-unavailable', `${url} answered with status ${status}`);
}

async function getDocument(
  client: Client,
  name: string,
  validators: DocumentValidators | undefined,
): Promise<FetchResult> {
  const url = urlOf(client, name);
  for (const suffix of url.includes('?') ? [''] : ['', ...compressionSuffixes]) {
    const packed = suffix !== '' || stripSuffix(name) !== name;
    const answer = await client.ask(`${url}${suffix}`, requestHeaders(validators, packed), client.maxBytes);
    if (answer.status === 200) return contentOf(answer, { packed, limits: client.limits });
    await answer.discard();
    if (answer.status === 304) {
      if (validators?.etag !== undefined || validators?.lastModified !== undefined) {
        const modified = modifiedAt(answer.headers.get('last-modified') ?? validators.lastModified);
        return { kind: 'unchanged', ...(modified === undefined ? {} : { modifiedAt: modified }) };
      }
      throw new ClarionError('upstream-unavailable', `${url} answered "not modified" to an unconditional request`);
    }
  }
  return { kind: 'missing' };
}

function requestHeaders(validators: DocumentValidators | undefined, packed: boolean): Record<string, string> {
  return {
    'accept-encoding': packed ? 'identity' : 'gzip',
    ...(validators?.etag === undefined ? {} : { 'if-none-match': validators.etag }),
    ...(validators?.lastModified === undefined ? {} : { 'if-modified-since': validators.lastModified }),
  };
}

function contentOf(
  answer: EgressResponse,
  packing: { readonly packed: boolean; readonly limits: DecompressLimits },
): FetchResult {
  const etag = answer.headers.get('etag');
  const lastModified = answer.headers.get('last-modified');
  const validators = {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
  // The bytes show how many compression layers there are: a server that labels a `.gz` file as `Content-Encoding: gzip`
  // means one layer, a proxy that compresses it once more means two.
  const encoded = answer.headers.has('content-encoding');
  const { bytes, received } = counted(answer.body);
  const outer = decompress(bytes, packing.limits);
  const body = packing.packed && encoded ? decompress(outer, packing.limits) : outer;
  const size = Number(answer.headers.get('content-length') ?? NaN);
  const modified = modifiedAt(lastModified);
  return {
    kind: 'content',
    body,
    validators,
    received,
    ...(modified === undefined ? {} : { modifiedAt: modified }),
    ...(Number.isSafeInteger(size) ? { size } : {}),
  };
}

/** A date in the future (server clock ahead) is ignored. */
function modifiedAt(lastModified: string | undefined): string | undefined {
  const time = Date.parse(lastModified ?? '');
  return time <= Date.now() ? new Date(time).toISOString() : undefined;
}

async function listIndex(client: Client, folder: string): Promise<readonly string[]> {
  const address = folder === '' ? client.base : urlOf(client, folder);
  const url = address.endsWith('/') ? address : `${address}/`;
  const answer = await client.ask(url, { accept: 'text/html', 'accept-encoding': 'identity' }, maxIndexBytes);
  if (answer.status !== 200) {
    await answer.discard();
    throw new ClarionError('upstream-unavailable', `${url} has no index page`);
  }
  const html = Buffer.from(await answer.bytes()).toString('utf8');
  const names = namesOfIndexPage(html, answer.url).map((name) => (name.endsWith('/') ? name : stripSuffix(name)));
  return [...new Set(names)];
}

function urlOf({ base, locate }: Client, name: string): string {
  const plain = pathSegments(name).map(encodeURIComponent).join('/');
  const url = new URL(locate(name) ?? plain, base).href;
  if (url.startsWith(base)) return url;
  throw new ClarionError('invalid-input', `"${name.slice(0, 200)}" is not a document of a feed`);
}
