import { BlockList, isIP } from 'node:net';
import { ClarionError } from '@clarion/model';

/** What proxies report about the caller. */
export interface ForwardedHeaders {
  /** `X-Forwarded-For`: addresses; each proxy adds the one that called it. */
  readonly xForwardedFor?: string | undefined;
  /** `Forwarded` (RFC 7239); only used without `X-Forwarded-For`. */
  readonly forwarded?: string | undefined;
}

/** The address of the caller, for a connection from `peer`. */
export type CallerAddress = (peer: string, headers: ForwardedHeaders) => string;

/**
 * Finds the caller behind proxies: from the nearest hop on, addresses of trusted proxies are skipped, and the first
 * other one is the caller. Its own claims are never trusted. Throws `invalid-input` for an entry that is neither an
 * address nor a network.
 */
export function callerAddress(trustedProxies: readonly string[] = []): CallerAddress {
  const trusted = new BlockList();
  for (const text of trustedProxies) trust(text, trusted);
  const isTrusted = (address: string): boolean => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (peer, headers) => {
    let caller = plainAddress(peer) ?? peer;
    if (trustedProxies.length === 0 || isIP(caller) === 0 || !isTrusted(caller)) return caller;
    for (const hop of hopsOf(headers).reverse()) {
      const address = plainAddress(hop);
      // A hop without address (`unknown`, `_hidden`) ends the known chain.
      if (address === undefined) return caller;
      caller = address;
      if (!isTrusted(caller)) return caller;
    }
    return caller;
  };
}

function trust(text: string, list: BlockList): void {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (family === 0 || rest.length > 0 || !(prefix <= most)) {
    throw new ClarionError('invalid-input', `"${text}" is neither an address nor a network of trusted proxies`, {
      remedy: 'write for example 10.0.0.7 or 10.1.0.0/16',
    });
  }
  list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
}

function hopsOf({ xForwardedFor, forwarded }: ForwardedHeaders): string[] {
  if (xForwardedFor !== undefined) return xForwardedFor.split(',');
  return (forwarded ?? '').split(',').flatMap((hop) => {
    if (hop.trim() === '') return [];
    const node = hop.split(';').flatMap((pair) => /^\s*for\s*=\s*(.*?)\s*$/i.exec(pair)?.[1] ?? []);
    // A hop without `for` still counts as one.
    return [node[0]?.replace(/^"(.*)"$/, '$1') ?? ''];
  });
}

/** `192.0.2.1` of `192.0.2.1:80`, `[2001:db8::1]:80`, `::ffff:192.0.2.1`; undefined for anything but an address. */
function plainAddress(text: string): string | undefined {
  const trimmed = text.trim();
  const [, bracketed] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(trimmed) ?? [];
  const address = bracketed ?? (isIP(trimmed) === 0 ? trimmed.replace(/:\d{1,5}$/, '') : trimmed);
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(plain) === 0 ? undefined : plain;
}
