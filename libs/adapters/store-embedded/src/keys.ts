import { isDigest } from '@clarion/model';
import { areReadable, keyPartOf } from '@clarion/store-rules';

/** Maximum length of a readable key part; five of them stay far below LMDB's 1978 bytes. */
const readableLength = 160;
/** Ids of work hold a digest and two ids; there is one of them in a key, and their order matters. */
const readableWorkLength = 400;

/**
 * The type of a record; the first part of its key. Stored names do not change: `holder` is a composition with a
 * package, `untold` a pending change.
 */
export type RecordKind =
  | 'advisories'
  | 'affected'
  | 'blob'
  | 'change'
  | 'changed-namespace'
  | 'changed-package'
  | 'changed-repository'
  | 'changed-score'
  | 'changed-scores'
  | 'changed-text'
  | 'changed-vulnerability'
  | 'composition'
  | 'composition-features'
  | 'composition-used'
  | 'counts'
  | 'dead-letter'
  | 'deadline'
  | 'deadline-of'
  | 'delivery'
  | 'delivery-of'
  | 'detection'
  | 'due'
  | 'endpoint'
  | 'feed'
  | 'group-change'
  | 'hash'
  | 'holder'
  | 'horizon'
  | 'image'
  | 'image-composition'
  | 'image-earlier'
  | 'image-layer'
  | 'image-repository'
  | 'image-state'
  | 'layer'
  | 'lease'
  | 'mention'
  | 'mention-touched'
  | 'meta'
  | 'newest-change'
  | 'notification'
  | 'notification-state'
  | 'process-lease'
  | 'progress'
  | 'removed-feed'
  | 'repository'
  | 'repository-change'
  | 'result'
  | 'result-order'
  | 'revision'
  | 'score'
  | 'seen-file'
  | 'severity'
  | 'tag'
  | 'tag-period'
  | 'text'
  | 'untold'
  | 'used'
  | 'work';

/** One part of a key (`keyPartOf`). */
export function keyPart(text: string, longest = readableLength): string {
  return keyPartOf(text, { longest, encoding: 'utf8' });
}

/**
 * A digest in 22 characters, for indexes with a row per layer and image. It is the first half of a SHA-256, so the
 * reader compares the full digest in the record itself.
 */
export function shortDigest(digest: string): string {
  if (!isDigest(digest)) return digest;
  const start = digest.indexOf(':') + 1;
  return Buffer.from(digest.slice(start, start + 32), 'hex').toString('base64url');
}

/** The key of one record. */
export function recordKey(kind: RecordKind, ...parts: readonly string[]): string {
  const longest = kind === 'dead-letter' || kind === 'work' ? readableWorkLength : readableLength;
  return [kind, ...parts.map((part) => keyPart(part, longest))].join('\t');
}

/** The original parts of a key; undefined if one of them is hashed. */
export function readableParts(key: string): readonly string[] | undefined {
  const [, ...parts] = key.split('\t');
  return areReadable(parts) ? parts : undefined;
}

/** Whether a part of a key is the original text. */
export function isReadable(part: string): boolean {
  return areReadable([part]);
}

/** Range of all keys that begin with these parts and have at least one more. */
export function keysBelow(kind: RecordKind, ...parts: readonly string[]): { start: string; end: string } {
  const prefix = recordKey(kind, ...parts);
  // A part contains no characters below the space, so everything that starts with prefix and tab sorts before prefix
  // and line feed.
  return { start: `${prefix}\t`, end: `${prefix}\n` };
}

/** The bound just after a key, before everything below it. */
export function after(key: string): string {
  return `${key}\t`;
}

/** The bound just after a key and everything below it. */
export function behind(key: string): string {
  return `${key}\n`;
}

/** The last part of a key, still encoded. */
export function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('\t') + 1);
}

/** Where a store keeps the number of its format. */
export const formatKey = recordKey('meta', 'format');
