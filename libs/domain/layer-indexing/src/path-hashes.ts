/**
 * Sets of paths as sorted 32-bit hashes: a package database names up to a million of them, and the only query is
 * whether one is in the set. With 100,000 paths, the false positive rate is 1 in 40,000.
 */
export interface PathHashes {
  has(hash: number): boolean;
}

/** Limit for one layer; a full installation of a distribution has a quarter of that. */
const mostHashes = 2 ** 21;

/** Owners are smaller than this, so that a hash and its owner together are one exact number. */
export const mostOwners = 2 ** 16;

/** The paths that packages of a layer own: hashes, ascending and each once, and the number of the owner of each. */
export interface OwnedHashes {
  readonly hashes: Uint32Array;
  readonly owners: Uint32Array;
}

/** Collects the hashes of paths with their owners, in an array that grows. */
export class HashCollector {
  /** Each is a hash and an owner: these sort by hash, then owner, at the speed of numbers. */
  private pairs = new Float64Array(4096);
  private count = 0;

  /** Owner 0 is an unknown one. False when there is no room for one more. */
  add(hash: number, owner = 0): boolean {
    if (this.count >= mostHashes) return false;
    if (this.count === this.pairs.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.pairs);
      this.pairs = larger;
    }
    this.pairs[this.count] = hash * mostOwners + owner;
    this.count += 1;
    return true;
  }

  /** All hashes that were added. Of several owners of a path, the known one with the smallest number counts. */
  sorted(): OwnedHashes {
    const hashes = new Uint32Array(this.count);
    const owners = new Uint32Array(this.count);
    let length = 0;
    for (const pair of this.pairs.subarray(0, this.count).sort()) {
      const owner = pair % mostOwners;
      const hash = (pair - owner) / mostOwners;
      if (length === 0 || hashes[length - 1] !== hash) length += 1;
      else if (owners[length - 1] !== 0) continue;
      hashes[length - 1] = hash;
      owners[length - 1] = owner;
    }
    return { hashes: hashes.slice(0, length), owners: owners.slice(0, length) };
  }
}

/** Looks hashes up by binary search. */
export function pathHashes(sorted: Uint32Array): PathHashes {
  return { has: (hash) => indexOfHash(sorted, hash) !== undefined };
}

/** The index of a hash among ascending ones. */
export function indexOfHash(sorted: Uint32Array, hash: number): number | undefined {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? 0) < hash) from = middle + 1;
    else to = middle;
  }
  return sorted[from] === hash ? from : undefined;
}

/** Encodes the differences of ascending hashes: some three bytes for each path. */
export function encodeHashes(sorted: Uint32Array): string {
  return encodeNumbers(sorted.map((hash, index) => hash - (sorted[index - 1] ?? 0)));
}

/** Decodes the output of `encodeHashes`. */
export function decodeHashes(text: string): Uint32Array {
  const hashes = decodeNumbers(text);
  for (let index = 1; index < hashes.length; index += 1)
    hashes[index] = (hashes[index] ?? 0) + (hashes[index - 1] ?? 0);
  return hashes;
}

/** Encodes numbers in base64, each in groups of seven bits with the lowest first. */
export function encodeNumbers(numbers: Uint32Array): string {
  const bytes = Buffer.alloc(numbers.length * 5);
  let length = 0;
  for (const number of numbers) {
    let rest = number;
    while (rest > 0x7f) {
      bytes[length++] = 0x80 | (rest & 0x7f);
      rest >>>= 7;
    }
    bytes[length++] = rest;
  }
  return bytes.toString('base64', 0, length);
}

/** Decodes the output of `encodeNumbers`; not more numbers than a layer has hashes. */
export function decodeNumbers(text: string): Uint32Array {
  const bytes = Buffer.from(text, 'base64');
  const numbers = new Uint32Array(Math.min(bytes.length, mostHashes));
  let count = 0;
  let number = 0;
  let shift = 0;
  for (const byte of bytes) {
    number += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte > 0x7f) continue;
    numbers[count++] = number;
    number = shift = 0;
  }
  return numbers.slice(0, count);
}

const slash = 0x2f;
const dot = 0x2e;

/** The hash (FNV-1a) of a path in `bytes` from `start` to before `end`, whether or not it starts with `/` or `./` or ends in `/`. */
export function hashOfPath(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  // Runs for every line of every list.
  if (bytes[from] === dot && bytes[from + 1] === slash) from += 1;
  while (from < end && bytes[from] === slash) from += 1;
  const to = bytes[end - 1] === slash ? end - 1 : end;
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash >>> 0;
}

/** The hash of a path string. */
export function hashOfText(path: string): number {
  const bytes = Buffer.from(path);
  return hashOfPath(bytes, 0, bytes.length);
}
