import { isIPv4, isIPv6 } from 'node:net';

/**
 * What kind of network an address belongs to. `private` covers RFC 1918, unique local and carrier-grade NAT space;
 * `internal` is space without ordinary servers: link-local and cloud metadata addresses, multicast, documentation,
 * benchmarking and unassigned space.
 */
export type AddressClass = 'public' | 'loopback' | 'private' | 'internal';

/** A network: the address bytes and how many leading bits count. */
export interface IpNetwork {
  readonly bytes: readonly number[];
  readonly bits: number;
}

function parseIPv4(text: string): number[] {
  return text.split('.').map(Number);
}

function parseIPv6(text: string): number[] {
  const bare = text.split('%', 1)[0] ?? '';
  const [head = '', tail] = bare.split('::', 2);
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  return [...left, ...new Array<number>(16 - left.length - right.length).fill(0), ...right];
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return parseIPv4(group);
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** Bytes of an IP address in its canonical text form (4 or 16 of them), or undefined for anything else. */
export function parseAddress(text: string): readonly number[] | undefined {
  if (isIPv4(text)) return parseIPv4(text);
  return isIPv6(text) ? parseIPv6(text) : undefined;
}

/** Parses `10.0.0.0/8`, `fd00::/8` or a single address; undefined when the text is not a network. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const bytes = parseAddress(address);
  if (bytes === undefined || rest.length > 0) return undefined;
  if (bits === undefined) return { bytes, bits: bytes.length * 8 };
  const count = /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  return count <= bytes.length * 8 ? { bytes, bits: count } : undefined;
}

/** Whether an address (as bytes) lies in a network of the same family. */
export function inNetwork(address: readonly number[], network: IpNetwork): boolean {
  if (address.length !== network.bytes.length) return false;
  const whole = network.bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== network.bytes[i]) return false;
  const mask = (0xff << (8 - (network.bits & 7))) & 0xff;
  return ((address[whole] ?? 0) & mask) === ((network.bytes[whole] ?? 0) & mask);
}

type Row = readonly [network: string, kind: AddressClass];

/** The first matching row decides. https://www.iana.org/assignments/iana-ipv4-special-registry */
const ipv4Rows: readonly Row[] = [
  ['127.0.0.0/8', 'loopback'],
  ['100.100.100.200/32', 'internal'], // metadata service inside the carrier-grade NAT range
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'private'],
  ['172.16.0.0/12', 'private'],
  ['192.168.0.0/16', 'private'],
  ['0.0.0.0/8', 'internal'],
  ['169.254.0.0/16', 'internal'],
  ['192.0.0.0/24', 'internal'],
  ['192.0.2.0/24', 'internal'],
  ['192.88.99.0/24', 'internal'],
  ['198.18.0.0/15', 'internal'],
  ['198.51.100.0/24', 'internal'],
  ['203.0.113.0/24', 'internal'],
  ['224.0.0.0/4', 'internal'],
  ['240.0.0.0/4', 'internal'],
];

/** https://www.iana.org/assignments/iana-ipv6-special-registry; global unicast is 2000::/3 and nothing else. */
const ipv6Rows: readonly Row[] = [
  ['::1/128', 'loopback'],
  ['fd00:ec2::254/128', 'internal'],
  ['fc00::/7', 'private'],
  ['2001::/32', 'internal'], // Teredo: the address inside is obfuscated
  ['2001:2::/48', 'internal'],
  ['2001:10::/28', 'internal'],
  ['2001:20::/28', 'internal'],
  ['2001:db8::/32', 'internal'],
  ['3fff::/20', 'internal'],
  ['2000::/3', 'public'],
];

/** IPv6 forms that embed an IPv4 address, and its offset in the 16 bytes. */
const embeddings: readonly (readonly [network: string, offset: number])[] = [
  ['::1/128', -1],
  ['::/128', -1],
  ['::ffff:0:0/96', 12],
  ['::ffff:0:0:0/96', 12],
  ['::/96', 12],
  ['64:ff9b::/96', 12],
  ['2002::/16', 2],
];

function network(text: string): IpNetwork {
  const read = parseNetwork(text);
  if (read === undefined) throw new TypeError(`${text} is not a network`);
  return read;
}

interface Tables {
  readonly ipv4: readonly { readonly network: IpNetwork; readonly kind: AddressClass }[];
  readonly ipv6: readonly { readonly network: IpNetwork; readonly kind: AddressClass }[];
  readonly embeddings: readonly { readonly network: IpNetwork; readonly offset: number }[];
}

let parsed: Tables | undefined;

/** Parsed on first use: most runs of the command line never use the network. */
function tables(): Tables {
  const classes = (rows: readonly Row[]): Tables['ipv4'] =>
    rows.map(([text, kind]) => ({ network: network(text), kind }));
  parsed ??= {
    ipv4: classes(ipv4Rows),
    ipv6: classes(ipv6Rows),
    embeddings: embeddings.map(([text, offset]) => ({ network: network(text), offset })),
  };
  return parsed;
}

/**
 * The class of an address given as bytes. IPv4 addresses inside IPv6 ones (mapped, compatible, translated, NAT64,
 * 6to4) have the class of the IPv4 address.
 */
export function classifyAddress(address: readonly number[]): AddressClass {
  if (address.length === 4) return tables().ipv4.find((row) => inNetwork(address, row.network))?.kind ?? 'public';
  const inner = embeddedIPv4(address);
  if (inner !== undefined) return classifyAddress(inner);
  return tables().ipv6.find((row) => inNetwork(address, row.network))?.kind ?? 'internal';
}

/** The IPv4 address inside an IPv6 one, if its form embeds one. */
export function embeddedIPv4(address: readonly number[]): readonly number[] | undefined {
  const offset = tables().embeddings.find((row) => inNetwork(address, row.network))?.offset ?? -1;
  return offset < 0 ? undefined : address.slice(offset, offset + 4);
}
