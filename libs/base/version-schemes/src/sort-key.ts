import { ClarionError, compareText, type VersionScheme } from '@clarion/model';
import { findPosition, longestVersion, noPosition } from './order-position';
import type { KeyedScheme, SortKey } from './keyed-scheme';

/** From here on the length of a number takes two code units, so that no number is too long. */
const longNumber = 0xf000;
const lengthPrefix = Array.from({ length: 64 }, (_, length) => String.fromCharCode(length));

/** The key of an unsigned decimal number of any length; leading zeros are ignored and no digits mean 0. */
export function numberKey(text: string, from = 0, to = text.length): SortKey {
  let start = from;
  while (start < to && text.charCodeAt(start) === 0x30) start++;
  return lengthKey(to - start) + text.slice(start, to);
}

function lengthKey(length: number): SortKey {
  const prefix = lengthPrefix[length];
  if (prefix !== undefined) return prefix;
  if (length < longNumber) return String.fromCharCode(length);
  return String.fromCharCode(longNumber + (length >>> 16), length & 0xffff);
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** ASCII letters only: to the package managers every other letter is a separator or an error. */
export function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

/** Index of the first character at or after `start` that is not accepted. Slower than the two below, which are hot. */
export function spanEnd(text: string, start: number, accepts: (code: number) => boolean): number {
  let end = start;
  while (end < text.length && accepts(text.charCodeAt(end))) end++;
  return end;
}

/** Index of the first character at or after `start` that is not a digit. */
export function digitsEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return end;
}

/** Index of the first character at or after `start` that is not an ASCII letter. */
export function lettersEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isLetter(text.charCodeAt(end))) end++;
  return end;
}

/** The error of every scheme for text that has no place in its order. Long text is cut in the message. */
function invalidVersion(scheme: string, version: string): ClarionError {
  const shown = version.length > 80 ? `${version.slice(0, 80)}…` : version;
  return new ClarionError('invalid-version', `${scheme} cannot order version ${JSON.stringify(shown)}`);
}

/**
 * Characters of the versions that a scheme remembers: two generations of this many, some 20,000 real versions each. A
 * report compares the same few versions again and again, and an installed version with all advisories for its package.
 */
const generation = 400_000;

/** A bounded cache of the results of `make` for a text; errors are not cached. */
function remembering<T>(make: (text: string) => T): (text: string) => T {
  let young = new Map<string, T>();
  let old = young;
  let characters = 0;

  function remember(text: string): T {
    const made = old.get(text) ?? make(text);
    // Longer text has no place in the order, so only sorting asks for its key.
    if (text.length > longestVersion) return made;
    if (characters >= generation) {
      old = young;
      young = new Map();
      characters = 0;
    }
    young.set(text, made);
    characters += text.length;
    return made;
  }
  return (text) => young.get(text) ?? remember(text);
}

/** Adds the comparisons to a scheme whose keys are plain strings. */
export function orderByKey(scheme: KeyedScheme<SortKey>): VersionScheme {
  return orderBy(scheme, compareText);
}

/** Adds the comparisons to a scheme, with a bounded memory of keys. */
export function orderBy<Key>(scheme: KeyedScheme<Key>, compareKeys: (a: Key, b: Key) => number): VersionScheme {
  const { id, title, url, withoutLabel } = scheme;
  const keyOf = remembering((version) => {
    const key = scheme.key(version);
    if (key === undefined) throw invalidVersion(id, version);
    return key;
  });
  const positionOf = remembering((version) => findPosition(scheme, version));

  function order(a: string, b: string): number | undefined {
    const left = positionOf(a);
    const right = positionOf(b);
    if (left === noPosition || right === noPosition) return undefined;
    if (left.exact && right.exact) return compareKeys(left.key, right.key);
    if (a === b) return 0;
    if (compareKeys(left.ceiling, right.key) < 0) return -1;
    return compareKeys(left.floor, right.ceiling) > 0 ? 1 : undefined;
  }
  return {
    ...{ id, title, url, order, ...(withoutLabel === undefined ? {} : { withoutLabel }) },
    isValid: (version) => scheme.isValid(version),
    compare: (a, b) => compareKeys(keyOf(a), keyOf(b)),
  };
}
