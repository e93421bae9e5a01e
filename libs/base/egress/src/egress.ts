import { setTimeout as sleep } from 'node:timers/promises';
import { createDeadline } from '@clarion/deadlines';
import { ClarionError } from '@clarion/model';
import type { Dispatcher } from 'undici';
import { boundedBody } from './body';
import { createDispatchers, type DispatcherPool, type ResolveName } from './dispatchers';
import { mayPass, toFailure } from './failure';
import { afterRedirect, headersFor, isRedirect, type RequestHop } from './hop';
import {
  checkPolicy,
  checkUrl,
  EgressDenied,
  neutralDenial,
  parseUrl,
  type DenialReason,
  type EgressPolicy,
} from './policy';
import { isPassingStatus, retryDelay } from './retry';
import type { EgressRequest, EgressResponse } from './request';

/** The only way out for requests to addresses that come from outside. */
export interface Egress {
  /**
   * Throws `egress-denied`, `limit-exceeded`, `invalid-input` or, when it may work later, `upstream-unavailable`.
   * A status is never an error here.
   */
  request(request: EgressRequest): Promise<EgressResponse>;
  /**
   * Rejects an address before anything is sent to it, as far as its text shows. Call it when the address is given, so
   * that its sender gets the error. Names are resolved, and checked again, on use. Throws `egress-denied`,
   * `invalid-input`.
   */
  check(url: string): void;
  /**
   * The same, with names resolved now. Denied and unknown names look alike: one `egress-denied`, with one message, and
   * not before `denialMillis`, however fast the name was resolved. Names are looked up in parallel, within
   * `resolveMillis`; more than `resolvedHosts` of them are `limit-exceeded` before any lookup.
   */
  checkResolved(urls: readonly string[]): Promise<void>;
  /** Ends all connections. Idle ones never keep the process alive. */
  close(): Promise<void>;
}

/** Limits of every connection; milliseconds and bytes. */
export interface EgressLimits {
  readonly connectMillis: number;
  readonly firstByteMillis: number;
  readonly stallMillis: number;
  readonly headerBytes: number;
  readonly minBytesPerWindow: number;
  readonly windowMillis: number;
  readonly retries: number;
  readonly firstDelayMillis: number;
  readonly maxDelayMillis: number;
  /** Minimum time until the name of an address is rejected. */
  readonly denialMillis: number;
  /** Maximum number of hosts whose names `checkResolved` looks up in one call, and the time for all of them. */
  readonly resolvedHosts: number;
  readonly resolveMillis: number;
}

export const defaultEgressLimits: EgressLimits = {
  connectMillis: 10_000,
  firstByteMillis: 30_000,
  stallMillis: 60_000,
  headerBytes: 32 * 1024,
  minBytesPerWindow: 60 * 1024,
  windowMillis: 60_000,
  retries: 3,
  firstDelayMillis: 500,
  maxDelayMillis: 60_000,
  denialMillis: 500,
  resolvedHosts: 16,
  resolveMillis: 10_000,
};

export interface EgressOptions {
  readonly limits?: Partial<EgressLimits>;
  /** Replaces the system's name resolution. */
  readonly resolve?: ResolveName;
  /** For counters: an address was denied, by a rule of the policy or because of its certificate. */
  readonly onDenied?: (reason: DenialReason) => void;
  /** For counters: a host has answered, including redirects and answers that are retried. */
  readonly onAnswer?: (answer: { readonly host: string; readonly status: number }) => void;
}

interface Setup {
  readonly policy: EgressPolicy;
  readonly limits: EgressLimits;
  readonly dispatchers: DispatcherPool;
  readonly onAnswer: EgressOptions['onAnswer'];
}

/**
 * Creates an egress. Cheap: nothing is loaded or opened before the first request. Throws `invalid-input` for a policy
 * with invalid networks.
 */
export function createEgress(policy: EgressPolicy, options: EgressOptions = {}): Egress {
  checkPolicy(policy);
  const limits = { ...defaultEgressLimits, ...options.limits };
  const { resolve } = options;
  const dispatchers = createDispatchers({ policy, limits, ...(resolve === undefined ? {} : { resolve }) });
  const setup: Setup = { policy, limits, dispatchers, onAnswer: options.onAnswer };
  const countingDenials = (error: unknown): never => {
    if (error instanceof EgressDenied && error.reason !== 'name') options.onDenied?.(error.reason);
    throw error;
  };
  return {
    checkResolved: (urls) => checkResolved(urls, setup).catch(countingDenials),
    request: (request) => follow(request, setup).catch(countingDenials),
    check: (url) => {
      try {
        checkUrl(parseUrl(url), policy);
      } catch (error) {
        countingDenials(error);
      }
    },
    close: () => dispatchers.close(),
  };
}

async function checkResolved(urls: readonly string[], { policy, dispatchers, limits }: Setup): Promise<void> {
  const byOrigin = new Map<string, URL>();
  for (const text of urls) {
    const url = parseUrl(text);
    try {
      checkUrl(url, policy);
    } catch (error) {
      throw error instanceof EgressDenied ? new EgressDenied(error.reason, neutralDenial) : error;
    }
    byOrigin.set(url.origin, url);
  }
  if (byOrigin.size > limits.resolvedHosts) {
    throw new ClarionError('limit-exceeded', `The addresses are of more than ${limits.resolvedHosts} hosts`);
  }
  const earliest = sleep(limits.denialMillis, undefined, { ref: false });
  try {
    await withinTime(
      limits.resolveMillis,
      Promise.all([...byOrigin.values()].map((url) => dispatchers.checkName(url))),
    );
  } catch (error) {
    await earliest;
    const { reason } = error instanceof EgressDenied ? error : { reason: 'name' as const };
    throw new EgressDenied(reason, neutralDenial);
  }
}

/** Rejects when the time is over. A running system lookup cannot be cancelled; its result is ignored. */
async function withinTime(millis: number, work: Promise<unknown>): Promise<void> {
  const { signal, clear } = createDeadline(millis);
  try {
    const over = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
    await Promise.race([work, over]);
  } finally {
    clear();
  }
}

async function follow(request: EgressRequest, setup: Setup): Promise<EgressResponse> {
  const { maxRedirects = 5 } = request;
  const first = parseUrl(request.url);
  let hop: RequestHop = { url: first, method: request.method ?? 'GET', body: request.body, sameOrigin: true };
  checkUrl(hop.url, setup.policy);
  for (let redirects = 0; ; redirects++) {
    const answer = await attempt(hop, request, setup);
    const location = answer.headers.get('location');
    if (!isRedirect(answer.status) || location === undefined) return answer;
    await answer.discard();
    if (redirects >= maxRedirects) {
      throw new ClarionError('limit-exceeded', `${first.host} redirects more than ${maxRedirects} times`);
    }
    const next = afterRedirect(hop, answer.status, { location, first });
    checkUrl(next.url, setup.policy, hop.url);
    hop = next;
  }
}

/** Sends one hop, with retries, until there is a final answer. */
async function attempt(hop: RequestHop, request: EgressRequest, setup: Setup): Promise<EgressResponse> {
  const idempotent = request.idempotent ?? (hop.method === 'GET' || hop.method === 'HEAD');
  for (let tries = 0; ; tries++) {
    let delay: number | undefined;
    try {
      const answer = await send(hop, request, setup);
      const retryAfter = answer.headers.get('retry-after');
      if (!idempotent || !isPassingStatus(answer.status)) return answer;
      delay = retryDelay(tries, setup.limits, retryAfter);
      if (delay === undefined) return answer;
      await answer.discard();
    } catch (error) {
      const failure = toFailure(error, hop.url, request.signal);
      if (!idempotent || !mayPass(failure)) throw failure;
      delay = retryDelay(tries, setup.limits);
      if (delay === undefined) throw failure;
    }
    await pause(delay, request.signal);
  }
}

async function pause(millis: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(millis, undefined, signal === undefined ? {} : { signal }).catch(() => {
    signal?.throwIfAborted();
  });
}

async function send(hop: RequestHop, request: EgressRequest, setup: Setup): Promise<EgressResponse> {
  const { signal } = request;
  signal?.throwIfAborted();
  const dispatcher = await setup.dispatchers.for(hop.url);
  const { request: call } = await import('undici');
  const answer = await call(hop.url, {
    dispatcher,
    method: hop.method,
    headers: headersFor(hop, request, setup.policy.userAgent),
    ...(hop.body === undefined ? {} : { body: hop.body }),
    ...(signal === undefined ? {} : { signal }),
  });
  setup.onAnswer?.({ host: hop.url.host, status: answer.statusCode });
  return wrap(answer, hop, { request, limits: setup.limits });
}

function wrap(
  answer: Dispatcher.ResponseData,
  hop: RequestHop,
  context: { readonly request: EgressRequest; readonly limits: EgressLimits },
): EgressResponse {
  const { request, limits } = context;
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const length = headers.get('content-length');
  const declared =
    length !== undefined && /^\d{1,15}$/.test(length) && hop.method !== 'HEAD' ? Number(length) : undefined;
  const body = boundedBody(
    answer.body,
    { ...limits, maxBytes: request.maxBytes ?? Infinity },
    { url: hop.url, signal: request.signal, declared },
  );
  return {
    url: hop.url.href,
    status: answer.statusCode,
    headers,
    body,
    async bytes() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    async discard() {
      await answer.body.dump({ limit: 128 * 1024 }).catch(() => undefined);
    },
  };
}
