/** What a program of Go was built for, as `GOOS` and `GOARCH`; '' where it is unknown. */
export interface GoPlatform {
  readonly os: string;
  readonly architecture: string;
}

/** The functions of one module that are linked into a program. Where they are unknown, any may be. */
export interface LinkedFunctions extends GoPlatform {
  readonly areKnown: boolean;
  /** Whether any function of a package is linked; `path` is below the module, '' for its own package. */
  hasPackage(path: string): boolean;
  /** Whether a function (`Get`, `Client.Do`) is linked. */
  hasFunction(path: string, name: string): boolean;
}

/** A hash has so many bits more than are needed to count all: 1 of 4096 names that are not linked counts as linked. */
const spareBits = 12;
const mostBits = 32;
const mostFunctions = 2 ** 22;

/**
 * Collects the functions of a module, by path below it, as a set of hashes: some 2.4 characters for each. It may contain
 * functions that are not linked, and always contains those that are. What advisories will ask for is unknown, so none
 * is left out.
 */
export class FunctionCollector {
  private hashes = new Uint32Array(64);
  private count = 0;

  /** Adds the functions of a package by their names in UTF-8, with a tab between them; returns how many there were. */
  addNames(path: string, names: Uint8Array): number {
    const start = this.addPackage(path);
    let count = 0;
    for (let at = 0; at < names.length; count += 1) {
      let hash = start;
      for (; at < names.length && names[at] !== tab; at += 1) hash = Math.imul(hash ^ (names[at] ?? 0), fnvPrime);
      at += 1;
      this.addHash(finished(hash));
    }
    return count;
  }

  add(path: string, name: string): void {
    this.addHash(hashOf(keyOf(path, name)));
  }

  /** Returns the state of the hash of what is in the package. */
  addPackage(path: string): number {
    this.addHash(hashOf(path));
    return stateAfter(keyOf(path, ''));
  }

  encoded({ os, architecture }: GoPlatform): string {
    const bits = Math.min(Math.ceil(Math.log2(Math.max(this.count, 1))) + spareBits, mostBits);
    const hashes = this.hashes.subarray(0, this.count).map((hash) => hash >>> (mostBits - bits));
    const unique = hashes.sort().filter((hash, index) => index === 0 || hash !== hashes[index - 1]);
    return `${os}/${architecture} ${bits} ${unique.length} ${encodeDistances(unique)}`;
  }

  private addHash(hash: number): void {
    if (this.count === this.hashes.length) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this.hashes);
      this.hashes = larger;
    }
    this.hashes[this.count] = hash;
    this.count += 1;
  }
}

/** `FunctionCollector` for functions that are all known. */
export function encodeLinkedFunctions(
  platform: GoPlatform,
  packages: Iterable<readonly [path: string, names: readonly string[]]>,
): string {
  const collector = new FunctionCollector();
  for (const [path, names] of packages) {
    collector.addPackage(path);
    for (const name of names) collector.add(path, name);
  }
  return collector.encoded(platform);
}

/** Of a program that does not show its functions: what it was built for. Undefined where that is unknown as well. */
export function encodeUnknownFunctions({ os, architecture }: GoPlatform): string | undefined {
  return os === '' && architecture === '' ? undefined : `${os}/${architecture}`;
}

/** Decodes the output of `encodeLinkedFunctions` and `encodeUnknownFunctions`; undefined for any other text. */
export function decodeLinkedFunctions(text: string): LinkedFunctions | undefined {
  const [, ofUnknown, forArchitecture = ''] = platformAlone.exec(text) ?? [];
  if (ofUnknown !== undefined) {
    const any = (): boolean => true;
    return { areKnown: false, os: ofUnknown, architecture: forArchitecture, hasPackage: any, hasFunction: any };
  }
  const { os = '', architecture = '', ...parts } = form.exec(text)?.groups ?? {};
  const [bits, count] = [Number(parts['bits'] ?? 0), Number(parts['count'] ?? 0)];
  if (bits < 1 || bits > mostBits || count > mostFunctions) return undefined;
  const hashes = decodeDistances(parts['set'] ?? '', count);
  if (hashes === undefined) return undefined;
  const has = (key: string): boolean => includes(hashes, hashOf(key) >>> (mostBits - bits));
  return {
    areKnown: true,
    os,
    architecture,
    hasPackage: has,
    hasFunction: (path, name) => has(keyOf(path, name)),
  };
}

const platformAlone = /^([^/ ]*)\/([^/ ]*)$/;
const form = /^(?<os>[^/ ]*)\/(?<architecture>[^/ ]*) (?<bits>\d{1,2}) (?<count>\d{1,7}) (?<set>[A-Za-z0-9+/=]*)$/;

function keyOf(path: string, name: string): string {
  return `${path}\0${name}`;
}

const tab = 0x09;
const fnvPrime = 0x01000193;

/** FNV-1a of the UTF-8 bytes. */
function stateAfter(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, fnvPrime);
  return hash;
}

/** Mixes the hash so that its first bits are as good as its last. */
function finished(state: number): number {
  let hash = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function hashOf(text: string): number {
  return finished(stateAfter(text));
}

/**
 * Distances of ascending numbers as a Rice code: the last `spareBits` bits of each after as many ones as the rest says
 * and a zero. With evenly spread numbers that is within 1 % of the best there is.
 */
function encodeDistances(ascending: Uint32Array): string {
  const writer = new BitWriter();
  let before = 0;
  for (const number of ascending) {
    const distance = number - before;
    before = number;
    for (let rest = Math.floor(distance / 2 ** spareBits); rest > 0; rest -= 1) writer.write(1, 1);
    writer.write(0, 1);
    writer.write(distance % 2 ** spareBits, spareBits);
  }
  return writer.base64();
}

function decodeDistances(text: string, count: number): Uint32Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  // Each takes a bit more than `spareBits`, so the text limits what is allocated.
  if (count * (spareBits + 1) > bytes.length * 8) return undefined;
  const numbers = new Uint32Array(count);
  let position = 0;
  const bit = (): number => {
    const value = ((bytes[position >>> 3] ?? 0) >>> (7 - (position & 7))) & 1;
    position += 1;
    return value;
  };
  let number = 0;
  for (let index = 0; index < count; index += 1) {
    let distance = 0;
    while (bit() === 1) distance += 1;
    for (let left = spareBits; left > 0; left -= 1) distance = distance * 2 + bit();
    number += distance;
    if (number >= 2 ** mostBits || position > bytes.length * 8) return undefined;
    numbers[index] = number;
  }
  return numbers;
}

class BitWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;
  /** Bits that do not fill a byte yet. */
  private rest = 0;
  private restBits = 0;

  /** At most 24 bits. */
  write(value: number, bits: number): void {
    this.rest = (this.rest << bits) | value;
    this.restBits += bits;
    while (this.restBits >= 8) {
      this.restBits -= 8;
      this.push((this.rest >>> this.restBits) & 0xff);
    }
    this.rest &= 0xff;
  }

  base64(): string {
    if (this.restBits > 0) this.write(0, 8 - this.restBits);
    return Buffer.from(this.bytes.buffer, 0, this.length).toString('base64');
  }

  private push(byte: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(this.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length] = byte;
    this.length += 1;
  }
}

function includes(ascending: Uint32Array, number: number): boolean {
  let from = 0;
  let to = ascending.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((ascending[middle] ?? 0) < number) from = middle + 1;
    else to = middle;
  }
  return ascending[from] === number;
}
