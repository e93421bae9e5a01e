import type { Egress, EgressResponse } from '@clarion/egress';
import { ClarionError } from '@clarion/model';
import type { ImageReference } from '../reference';
import { authorize, refused } from './authorize';
import type { CredentialLookup } from './credential-lookup';

export interface RegistryClientOptions {
  readonly egress: Egress;
  readonly reference: ImageReference;
  /** Plain http and certificates of unknown authorities are acceptable. */
  readonly insecure: boolean;
  /** Called once, when the registry requires authentication. */
  readonly credentials: () => Promise<CredentialLookup>;
}

export interface RegistryRequest {
  /** Below `/v2/<repository>/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** GETs of one repository, with authentication on demand. */
export interface RegistryClient {
  /** Resolves with 200, 206, 404 or 416; throws for all other responses. */
  get(request: RegistryRequest): Promise<EgressResponse>;
}

/** The host that serves the API of the registry a reference names. */
export function apiHost(host: string): string {
  return host === 'docker.io' ? 'registry-1.docker.io' : host;
}

const expected = new Set([200, 206, 404, 416]);

export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { egress, reference } = options;
  let base: Promise<URL> | undefined;
  let lookup: Promise<CredentialLookup> | undefined;
  let authorization: string | undefined;

  async function send({ path, headers, maxBytes, signal }: RegistryRequest): Promise<EgressResponse> {
    const root = await (base ??= findBase(options, signal));
    const answer = await egress.request({
      url: new URL(`v2/${reference.repository}/${path}`, root).href,
      ...(headers === undefined ? {} : { headers }),
      ...(authorization === undefined ? {} : { credentials: authorization }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (root.protocol === 'http:' && !isKnownPlain(egress, root.host)) rememberPlain(egress, root.host);
    return answer;
  }

  return {
    async get(request) {
      const first = await send(request);
      if (first.status !== 401) return accept(first, options);
      await first.discard();
      const registry = await (base ??= findBase(options, request.signal));
      const known = await (lookup ??= options.credentials());
      authorization = await authorize(first.headers.get('www-authenticate') ?? '', {
        egress,
        registry,
        repository: reference.repository,
        lookup: known,
        signal: request.signal,
      });
      const second = await send(request);
      if (second.status === 401 || second.status === 403) {
        await second.discard();
        throw refused(registry, known, reference.repository);
      }
      return accept(second, options);
    },
  };
}

async function accept(answer: EgressResponse, { reference }: RegistryClientOptions): Promise<EgressResponse> {
  const { status } = answer;
  if (expected.has(status)) return answer;
  await answer.discard();
  if (status === 401 || status === 403) {
    throw new ClarionError('unauthorized', `${reference.host} does not allow reading ${reference.repository}`, {
      remedy: `log in first: docker login ${reference.host}`,
    });
  }
  const limited = status === 429;
  throw new ClarionError('upstream-unavailable', `${reference.host} answered ${status}`, {
    ...(limited ? { remedy: 'its rate limit is reached: log in, or try again later' } : {}),
  });
}

/** How long it is remembered that a host speaks plain http. */
const plainMillis = 60_000;
/** Hosts of which that is remembered. */
const mostPlainHosts = 100;

/** Until when hosts are taken to speak plain http, for each egress: each has a policy of its own. */
const plainHosts = new WeakMap<Egress, Map<string, number>>();

/**
 * The base URL: https, or plain http where that is allowed (loopback, or by flag) and the server does not speak TLS.
 * Detected by one request without credentials, and remembered for a while: it costs a context of TLS and a connection.
 */
async function findBase(options: RegistryClientOptions, signal: AbortSignal | undefined): Promise<URL> {
  const host = apiHost(options.reference.host);
  if (!URL.canParse(`https://${host}/`)) throw new ClarionError('invalid-input', `"${host}" is not a registry host`);
  const secure = new URL(`https://${host}/`);
  const plain = new URL(`http://${host}/`);
  if (!options.insecure && !isLoopback(secure.hostname)) return secure;
  if (isKnownPlain(options.egress, plain.host)) return plain;
  try {
    const probe = { url: new URL('v2/', secure).href, maxRedirects: 0, idempotent: false };
    const answer = await options.egress.request(signal === undefined ? probe : { ...probe, signal });
    await answer.discard();
    return secure;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ClarionError) || error.code !== 'upstream-unavailable') throw error;
    return plain;
  }
}

function isKnownPlain(egress: Egress, host: string): boolean {
  return (plainHosts.get(egress)?.get(host) ?? 0) > performance.now();
}

/** Notes that a host has answered without TLS. */
function rememberPlain(egress: Egress, host: string): void {
  const hosts = plainHosts.get(egress) ?? new Map<string, number>();
  plainHosts.set(egress, hosts);
  if (hosts.size >= mostPlainHosts) hosts.clear();
  hosts.set(host, performance.now() + plainMillis);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
