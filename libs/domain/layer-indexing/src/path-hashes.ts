/**
 * Sets of paths as sorted 32-bit hashes: a package database names up to a million of them, and the only query is
 * whether one is in the set. With 100,000 paths, the false positive rate is 1 in 40,000.
 */
export interface PathHashes {
  has(hash: number): boolean;
}

/** Limit for one layer; a full installation of a distribution has a quarter of that. */
const mostHashes = 2 ** 21;

/** Collects the hashes of paths, in an array that grows. */
export class HashCollector {
  private hashes = new Uint32Array(4096);
  private count = 0;

  /** False when there is no room for one more. */
  add(hash: number): boolean {
    if (this.count >= mostHashes) return false;
    if (this.count === this.hashes.length) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this.hashes);
      this.hashes = larger;
    }
    this.hashes[this.count] = hash;
    this.count += 1;
    return true;
  }

  /** All hashes that were added, ascending, possibly with duplicates. */
  sorted(): Uint32Array {
    return this.hashes.slice(0, this.count).sort();
  }
}

/** Looks hashes up by binary search. */
export function pathHashes(sorted: Uint32Array): PathHashes {
  return {
    has(hash) {
      let from = 0;
      let to = sorted.length;
      while (from < to) {
        const middle = (from + to) >>> 1;
        if ((sorted[middle] ?? 0) < hash) from = middle + 1;
        else to = middle;
      }
      return sorted[from] === hash;
    },
  };
}

/**
 * Encodes the differences in base64, each in groups of seven bits with the lowest first: some three bytes for each
 * path.
 */
export function encodeHashes(sorted: Uint32Array): string {
  const bytes = Buffer.alloc(sorted.length * 5);
  let length = 0;
  let before = 0;
  for (const hash of sorted) {
    let rest = hash - before;
    before = hash;
    while (rest > 0x7f) {
      bytes[length++] = 0x80 | (rest & 0x7f);
      rest >>>= 7;
    }
    bytes[length++] = rest;
  }
  return bytes.toString('base64', 0, length);
}

/** Decodes the output of `encodeHashes`. */
export function decodeHashes(text: string): Uint32Array {
  const collector = new HashCollector();
  let hash = 0;
  let shift = 0;
  let difference = 0;
  for (const byte of Buffer.from(text, 'base64')) {
    difference += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte > 0x7f) continue;
    hash += difference;
    difference = shift = 0;
    collector.add(hash);
  }
  return collector.sorted();
}

const slash = 0x2f;
const dot = 0x2e;

/**
 * The hash (FNV-1a) of a path in `bytes` from `start` to before `end`, whether or not it starts with `/` or `./` or
 * ends in `/`. `/usr` is ignored, `sbin` equals `bin` and `lib64` equals `lib`: where a distribution has merged them,
 * its packages may still list names that are now links.
 */
export function hashOfPath(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  // Runs for every line of every list, so single bytes are compared first.
  if (bytes[from] === dot && bytes[from + 1] === slash) from += 1;
  while (from < end && bytes[from] === slash) from += 1;
  if (bytes[from] === usr[0] && startsWith(bytes, from, usr)) from += usr.length;
  const to = bytes[end - 1] === slash ? end - 1 : end;
  if (bytes[from] === sbin[0] && startsWith(bytes, from, sbin)) from += 1;
  if (bytes[from] !== lib64[0] || !startsWith(bytes, from, lib64)) return hashBytes(seed, bytes, { from, to });
  const lib = hashBytes(seed, lib64, { from: 0, to: 3 });
  return hashBytes(lib, bytes, { from: from + 5, to });
}

/** The hash of a path string. */
export function hashOfText(path: string): number {
  const bytes = Buffer.from(path);
  return hashOfPath(bytes, 0, bytes.length);
}

const usr = Buffer.from('usr/');
const sbin = Buffer.from('sbin/');
const lib64 = Buffer.from('lib64/');
const seed = 0x811c9dc5;
const prime = 0x01000193;

function startsWith(bytes: Uint8Array, at: number, start: Uint8Array): boolean {
  for (let index = 0; index < start.length; index += 1) if (bytes[at + index] !== start[index]) return false;
  return true;
}

function hashBytes(
  before: number,
  bytes: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  let hash = before;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), prime);
  return hash >>> 0;
}
