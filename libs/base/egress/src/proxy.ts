import { classifyAddress, inNetwork, parseAddress, parseNetwork } from './addresses';
import { hostOf, portOf, type ProxySettings } from './policy';

/** Reads the usual variables; the lower-case name takes precedence, as with curl. */
export function proxyFromEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): ProxySettings {
  const read = (name: string): string | undefined => {
    const value = env[name.toLowerCase()] ?? env[name];
    return value === undefined || value.trim() === '' ? undefined : value.trim();
  };
  const https = read('HTTPS_PROXY');
  const http = read('HTTP_PROXY');
  const none = read('NO_PROXY');
  return {
    ...(https === undefined ? {} : { https }),
    ...(http === undefined ? {} : { http }),
    ...(none === undefined ? {} : { none }),
  };
}

/** The proxy for a URL, or undefined for a direct connection. Loopback is always reached directly. */
export function proxyFor(url: URL, settings: ProxySettings): string | undefined {
  const proxy = url.protocol === 'https:' ? settings.https : settings.http;
  if (proxy === undefined || isExempt(url, settings.none ?? '')) return undefined;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

function isExempt(url: URL, none: string): boolean {
  const host = hostOf(url);
  const address = parseAddress(host);
  if (host === 'localhost' || (address !== undefined && classifyAddress(address) === 'loopback')) return true;
  return none
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => coveredBy(entry, { host, address, port: portOf(url) }));
}

interface Destination {
  readonly host: string;
  readonly address: readonly number[] | undefined;
  readonly port: number;
}

function coveredBy(entry: string, to: Destination): boolean {
  if (entry === '*') return true;
  const network = parseNetwork(entry);
  if (network !== undefined) return to.address !== undefined && inNetwork(to.address, network);
  const withPort = /^(.*):(\d+)$/.exec(entry);
  if (withPort !== null && Number(withPort[2]) !== to.port) return false;
  const name = (withPort?.[1] ?? entry).replace(/^\*?\./, '');
  return name !== '' && (to.host === name || to.host.endsWith(`.${name}`));
}
