import { ClarionError } from '@clarion/model';
import { classifyAddress, embeddedIPv4, inNetwork, parseAddress, parseNetwork } from './addresses';

/**
 * What may be reached. Without any member this is the strict policy of a service: https to public addresses.
 * Host patterns are a name (`registry.example`), a name with port, `*.example` for all names below it, or `*`.
 */
export interface EgressPolicy {
  /**
   * Also allows loopback, RFC 1918, unique local and carrier-grade NAT addresses: for use on a personal machine.
   * Default false.
   */
  readonly privateNetworks?: boolean;
  /**
   * Host patterns that may be reached over plain http, or over TLS with a certificate of an unknown authority. Loopback
   * hosts always may use plain http, once loopback itself is allowed.
   */
  readonly insecureHosts?: readonly string[];
  /** Networks (`10.1.0.0/16`, or one address) allowed in spite of their class. */
  readonly allowedNetworks?: readonly string[];
  /** Host patterns whose addresses are allowed in spite of their class. */
  readonly allowedHosts?: readonly string[];
  /** When given, no other hosts are reached at all (host patterns). */
  readonly onlyHosts?: readonly string[];
  /** When given, the only ports (a pattern with port in the lists above allows that port too). */
  readonly ports?: readonly number[];
  /** Proxy settings; default those of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY). */
  readonly proxy?: ProxySettings;
  /** `User-Agent` of every request. */
  readonly userAgent?: string;
}

/** Throws `invalid-input` for a member that would allow nothing, so that nobody relies on it. */
export function checkPolicy({ allowedNetworks = [] }: EgressPolicy): void {
  for (const text of allowedNetworks) {
    if (parseNetwork(text) !== undefined) continue;
    throw new ClarionError('invalid-input', `"${text}" is neither an address nor a network that may be reached`, {
      remedy: 'write for example 10.0.0.7 or 10.1.0.0/16',
    });
  }
}

/** The ports that an address from a caller may use: those of https and http, and the configured ones. */
export function callerPorts(configured: readonly number[] = []): readonly number[] {
  return [80, 443, ...configured];
}

/** The proxy for requests. With a proxy, the proxy resolves addresses and only names are checked here. */
export interface ProxySettings {
  readonly https?: string;
  readonly http?: string;
  /** Comma-separated hosts, domains, `*`, addresses or networks that are reached directly. */
  readonly none?: string;
}

/** Name without brackets, as normalised by URL parsing: `0x7f.1` has become `127.0.0.1`. */
export function hostOf(url: URL): string {
  const { hostname } = url;
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname.replace(/\.$/, '');
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'http:' ? 80 : 443;
}

/** Whether a host pattern covers the URL's host (and port, where the pattern has one). */
export function matchesHost(pattern: string, url: URL): boolean {
  const text = pattern.toLowerCase();
  if (text === '*') return true;
  const withPort = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(text);
  if (withPort !== null && Number(withPort[2]) !== portOf(url)) return false;
  const hostPattern = (withPort?.[1] ?? text).replace(/^\[|\]$/g, '');
  const host = hostOf(url);
  return hostPattern.startsWith('*.') ? host.endsWith(hostPattern.slice(1)) : host === hostPattern;
}

function listed(patterns: readonly string[] | undefined, url: URL): boolean {
  return patterns?.some((pattern) => matchesHost(pattern, url)) ?? false;
}

export function isInsecureHost(url: URL, policy: EgressPolicy): boolean {
  return listed(policy.insecureHosts, url);
}

/** Which rule denied an address: a few values, for counters. */
export type DenialReason = 'scheme' | 'plain-http' | 'host' | 'port' | 'address' | 'certificate' | 'name';

/**
 * `egress-denied`, with the rule. An unknown name is denied too, so that a caller cannot distinguish it from an
 * internal one; it is the only denial that may pass later.
 */
export class EgressDenied extends ClarionError {
  readonly reason: DenialReason;

  constructor(reason: DenialReason, message: string, options: ConstructorParameters<typeof ClarionError>[2] = {}) {
    super('egress-denied', message, options);
    this.reason = reason;
  }

  override get retryable(): boolean {
    return this.reason === 'name';
  }
}

/** All that a caller learns about a denied address: neither which rule denied it, nor whether its name is known. */
export const neutralDenial = 'The address may not be reached from here';

/** The remedy, whichever rule denied it. */
export const neutralRemedy =
  'check the address; the operator can allow more hosts, networks and ports (docs/configuration.md)';

const denials = {
  'plain-http': 'plain http is not allowed',
  host: 'the host is not on the list of allowed hosts',
  port: 'the port is not allowed',
  address: 'its address is not allowed',
} as const;

function denied(url: URL, reason: keyof typeof denials, remedy?: string): EgressDenied {
  const message = `${url.host} may not be reached: ${denials[reason]}`;
  return new EgressDenied(reason, message, remedy === undefined ? {} : { remedy });
}

function isLoopbackHost(host: string): boolean {
  const address = parseAddress(host);
  return address === undefined ? host === 'localhost' : classifyAddress(address) === 'loopback';
}

/** Parses a URL that came from outside. Throws `invalid-input` when it is not a URL, or carries credentials. */
export function parseUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  if (url === undefined) throw new ClarionError('invalid-input', `"${text.slice(0, 200)}" is not a URL`);
  if (url.username !== '' || url.password !== '') {
    throw new ClarionError('invalid-input', `A URL of ${url.host} carries a user name or password`);
  }
  return url;
}

/**
 * Checks what the URL alone shows: scheme, host, port, literal addresses. Throws `egress-denied`. `from` is the URL
 * that redirected here: a redirect leaves https only towards a host marked insecure.
 */
export function checkUrl(url: URL, policy: EgressPolicy, from?: URL): void {
  const host = hostOf(url);
  if (url.protocol === 'http:') {
    const loopback = isLoopbackHost(host) && from?.protocol !== 'https:';
    if (!loopback && !isInsecureHost(url, policy)) {
      throw denied(url, 'plain-http', 'use https, or mark the host as insecure');
    }
  } else if (url.protocol !== 'https:') {
    throw new EgressDenied('scheme', `The scheme ${url.protocol.slice(0, 40)} is not allowed`);
  }
  if (policy.onlyHosts !== undefined && !listed(policy.onlyHosts, url)) {
    throw denied(url, 'host');
  }
  if (policy.ports?.includes(portOf(url)) === false && !listedWithPort(policy, url)) {
    throw denied(url, 'port');
  }
  const address = parseAddress(host);
  if (address !== undefined) checkAddress(host, url, policy);
}

function listedWithPort(policy: EgressPolicy, url: URL): boolean {
  const patterns = [policy.insecureHosts, policy.allowedHosts, policy.onlyHosts].flatMap((list) => list ?? []);
  return listed(
    patterns.filter((pattern) => /:\d+$/.test(pattern)),
    url,
  );
}

/** Checks one resolved address of the URL's host. Throws `egress-denied`, without naming the address. */
export function checkAddress(text: string, url: URL, policy: EgressPolicy): void {
  const address = parseAddress(text);
  if (address !== undefined && addressAllowed(address, policy)) return;
  if (listed(policy.allowedHosts, url)) return;
  throw denied(url, 'address');
}

function addressAllowed(address: readonly number[], policy: EgressPolicy): boolean {
  const kind = classifyAddress(address);
  if (kind === 'public') return true;
  if (policy.privateNetworks === true && kind !== 'internal') return true;
  const inner = embeddedIPv4(address);
  return (policy.allowedNetworks ?? []).some((text) => {
    const network = parseNetwork(text);
    if (network === undefined) return false;
    return inNetwork(address, network) || (inner !== undefined && inNetwork(inner, network));
  });
}
