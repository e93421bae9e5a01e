import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';
import { parseAddress } from './addresses';
import { checkAddress, hostOf, isInsecureHost, type EgressPolicy } from './policy';
import { proxyFor, proxyFromEnvironment } from './proxy';

/** Resolves a name to all its addresses. */
export type ResolveName = (name: string) => Promise<readonly LookupAddress[]>;

/** Time and size limits of connections. */
export interface ConnectionLimits {
  readonly connectMillis: number;
  readonly firstByteMillis: number;
  readonly stallMillis: number;
  readonly headerBytes: number;
}

/** Connection pools by route of the request; undici is loaded with the first one. */
export interface DispatcherPool {
  for(url: URL): Promise<Dispatcher>;
  /**
   * Resolves the URL's name and checks its addresses, as a connection would. Names behind a proxy are resolved by the
   * proxy.
   */
  checkName(url: URL): Promise<void>;
  close(): Promise<void>;
}

function resolveBySystem(name: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(name, { all: true }, (error, addresses) => {
      if (error === null) resolve(addresses);
      else reject(error);
    });
  });
}

async function checkedAddresses(name: string, guard: NameGuard): Promise<readonly LookupAddress[]> {
  const { url, policy, resolve } = guard;
  const addresses = await resolve(name);
  for (const { address } of addresses) checkAddress(address, url, policy);
  if (addresses.length === 0) throw Object.assign(new Error(`${name} has no address`), { code: 'ENOTFOUND' });
  return addresses;
}

interface NameGuard {
  readonly url: URL;
  readonly policy: EgressPolicy;
  readonly resolve: ResolveName;
}

/**
 * Resolves a name once, checks every address and passes exactly those to the socket: between check and connection there
 * is no second lookup that could return other addresses.
 */
export function guardedLookup(url: URL, policy: EgressPolicy, resolve: ResolveName): LookupFunction {
  return (name, options, callback) => {
    checkedAddresses(name, { url, policy, resolve })
      .then((addresses) => {
        const [first] = addresses;
        if (options.all === true || first === undefined) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      })
      .catch((error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), []);
      });
  };
}

interface DispatcherSetup {
  readonly policy: EgressPolicy;
  readonly limits: ConnectionLimits;
  readonly resolve?: ResolveName;
}

/** Creates the pools of one egress: the direct one, and one for each proxy in use. */
export function createDispatchers(setup: DispatcherSetup): DispatcherPool {
  const { policy, limits, resolve = resolveBySystem } = setup;
  const proxies = policy.proxy ?? proxyFromEnvironment();
  const open = new Map<string, Promise<Dispatcher>>();
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.firstByteMillis,
    bodyTimeout: limits.stallMillis,
  };
  const connect = { timeout: limits.connectMillis };

  async function direct(): Promise<Dispatcher> {
    const { Agent, Pool } = await import('undici');
    return new Agent({
      ...options,
      // One pool per origin, because the policy for an address depends on the host that resolved to it.
      factory: (origin) =>
        new Pool(origin, {
          ...options,
          connect: {
            ...connect,
            lookup: guardedLookup(new URL(origin), policy, resolve),
            // Where plain http is acceptable, a certificate of an unknown authority is no worse.
            rejectUnauthorized: !isInsecureHost(new URL(origin), policy),
          },
        }),
    });
  }

  async function through(proxy: string): Promise<Dispatcher> {
    const { ProxyAgent } = await import('undici');
    return new ProxyAgent({ uri: proxy, ...options, proxyTls: connect, requestTls: connect });
  }

  return {
    for(url) {
      const proxy = proxyFor(url, proxies);
      const key = proxy ?? '';
      const known = open.get(key) ?? (proxy === undefined ? direct() : through(proxy));
      open.set(key, known);
      return known;
    },
    async checkName(url) {
      const host = hostOf(url);
      if (proxyFor(url, proxies) !== undefined || parseAddress(host) !== undefined) return;
      await checkedAddresses(host, { url, policy, resolve });
    },
    async close() {
      const dispatchers = [...open.values()];
      open.clear();
      await Promise.all(dispatchers.map(async (dispatcher) => (await dispatcher).destroy()));
    },
  };
}
