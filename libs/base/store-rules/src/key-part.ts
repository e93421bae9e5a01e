import { createHash } from 'node:crypto';

const readable = /^[ !"$-~][ -~]*$/;

/** The rules of a store for the parts of its keys. */
export interface KeyPartRules {
  /** The longest text that is kept readable. */
  readonly longest: number;
  /** The encoding for the hash of longer ones; in UTF-8 all lone surrogates are the same. */
  readonly encoding: 'utf8' | 'utf16le';
}

/**
 * One part of a key: the text itself, or `#` and its SHA-256 where the text is long, empty, not plain ASCII or begins
 * with `#` itself. Names are untrusted, so a part must never contain the separator (a tab) or grow without bound; the
 * full name is always in the value as well.
 */
export function keyPartOf(text: string, { longest, encoding }: KeyPartRules): string {
  if (text.length <= longest && readable.test(text)) return text;
  return `#${createHash('sha256').update(text, encoding).digest('hex')}`;
}

/** Whether all parts of a key are unhashed. */
export function areReadable(parts: readonly string[]): boolean {
  return parts.every((part) => !part.startsWith('#'));
}
