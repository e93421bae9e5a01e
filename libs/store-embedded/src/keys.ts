import { createHash } from 'node:crypto';

/** Longest key part that is kept readable; five of them stay far below LMDB's 1978 bytes. */
const readableLength = 160;
const readable = /^[ !"$-~][ -~]*$/;

/** What a record is; the first part of its key. */
export type RecordKind =
  | 'advisories'
  | 'blob'
  | 'detection'
  | 'feed'
  | 'hash'
  | 'image'
  | 'layer'
  | 'lease'
  | 'meta'
  | 'repository'
  | 'score'
  | 'text'
  | 'used';

/**
 * One part of a key: the text itself, or `#` and its SHA-256 where the text is long, empty, not plain ASCII or begins
 * with `#` itself. Names come from strangers, so a part must never contain the separator or outgrow the key size; the
 * full name is always in the value as well.
 */
export function keyPart(text: string): string {
  if (text.length <= readableLength && readable.test(text)) return text;
  return `#${createHash('sha256').update(text).digest('hex')}`;
}

/** The key of one record. */
export function recordKey(kind: RecordKind, ...parts: readonly string[]): string {
  return [kind, ...parts.map(keyPart)].join('\t');
}

/** The parts of a key as they were given; undefined when one of them could not be kept readable. */
export function readableParts(key: string): readonly string[] | undefined {
  const [, ...parts] = key.split('\t');
  return parts.some((part) => part.startsWith('#')) ? undefined : parts;
}

/** Bounds of all keys that begin with these parts and have at least one more. */
export function keysBelow(kind: RecordKind, ...parts: readonly string[]): { start: string; end: string } {
  const prefix = recordKey(kind, ...parts);
  // A part holds nothing below the space, so everything that starts with prefix and tab sorts before prefix and line feed.
  return { start: `${prefix}\t`, end: `${prefix}\n` };
}
