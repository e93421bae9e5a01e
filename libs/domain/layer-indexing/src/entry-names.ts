import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ClarionError } from '@clarion/model';
import { NameHashes } from './name-hashes';

/** Limits of one layer; the largest real ones have a fifth of that. */
const mostNames = 1_000_000;
const mostBytes = 32 * 1024 * 1024;

/** Names share at most so many characters with the one before: the number is a character of one or two bytes. */
const mostShared = 255;
/** A character has three bytes in UTF-8 at most. */
const bytesOfCharacter = 3;
/** The number of shared characters, and the end of the name. */
const bytesAround = 3;

/**
 * The names of entries of a layer in the order of the archive, packed while it is walked: of each the number of
 * characters that it shares with the one before, and the rest. Neighbours share a directory, so compressed they take
 * four to five bytes each, no more than a hash that is long enough; and names are never mistaken for each other.
 */
export class EntryNames {
  private bytes = Buffer.allocUnsafe(4096);
  private length = 0;
  private count = 0;
  private last = '';
  private readonly hashes = new NameHashes();

  /** Adds a name; that of a directory ends in `/`. False when there is no room. */
  add(name: string): boolean {
    const needed = this.length + bytesAround + name.length * bytesOfCharacter;
    if (this.count >= mostNames || needed > mostBytes) return false;
    if (needed > this.bytes.length) this.grow(needed);
    const shared = sharedLength(this.last, name);
    this.length += this.bytes.write(`${String.fromCharCode(shared)}${name.slice(shared)}\0`, this.length);
    this.count += 1;
    this.last = name;
    this.hashes.add(name);
    return true;
  }

  /** Whether the name was added; of those that were not, it mistakes a few (`NameHashes`). */
  mayHave(name: string): boolean {
    return this.hashes.mayHave(name);
  }

  /** All names as one text, for `unpackNames`. */
  packed(): string {
    return deflateRawSync(this.bytes.subarray(0, this.length), { level: 1 }).toString('base64');
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, needed));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

function sharedLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length, mostShared);
  let shared = 0;
  while (shared < most && a.charCodeAt(shared) === b.charCodeAt(shared)) shared += 1;
  // The halves of a character outside the basic plane stay together: alone, they cannot be written in UTF-8.
  const isHigh = shared > 0 && (a.charCodeAt(shared - 1) & 0xfc00) === 0xd800;
  return isHigh ? shared - 1 : shared;
}

/** One packed name. */
export interface PackedName {
  readonly name: string;
  /** How many of its first characters are those of the name before. */
  readonly shared: number;
}

/**
 * Passes the names that `EntryNames` packed to `take`, in their order, until that returns false. Throws `corrupt-data` for
 * a list that is cut off.
 */
export function unpackNames(packed: string, take: (one: PackedName) => boolean): void {
  const bytes = inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: mostBytes });
  const text = bytes.toString();
  let name = '';
  for (let at = 0; at < text.length;) {
    const shared = text.charCodeAt(at);
    const end = text.indexOf('\0', at + 1);
    if (end < 0) throw new ClarionError('corrupt-data', 'The names of the entries of a stored layer are cut off');
    name = name.slice(0, shared) + text.slice(at + 1, end);
    if (!take({ name, shared })) return;
    at = end + 1;
  }
}
