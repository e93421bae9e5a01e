import { areReadable, keyPartOf } from '@clarion/store-rules';

/** Maximum length of a readable key part: ids of work on layers with long digests are shorter. */
const readableLength = 256;

/** One part of a key (`keyPartOf`). */
export function keyPart(text: string): string {
  return keyPartOf(text, { longest: readableLength, encoding: 'utf16le' });
}

/** A key of several parts, in sort order. */
export function recordKey(...parts: readonly string[]): string {
  return parts.map(keyPart).join('\t');
}

/** The original parts of a key; undefined if one of them is hashed. */
export function readableParts(key: string): readonly string[] | undefined {
  const parts = key.split('\t');
  return areReadable(parts) ? parts : undefined;
}

/** A filter for all `_id` that begin with these parts and have at least one more. */
export function idsBelow(...parts: readonly string[]): { readonly $gt: string; readonly $lt: string } {
  return idsUnder(recordKey(...parts));
}

/** The same for a key that was made before: its parts are not to be hashed again. */
export function idsUnder(prefix: string): { readonly $gt: string; readonly $lt: string } {
  // A part holds nothing below the space: what starts with prefix and tab sorts before prefix and line feed.
  return { $gt: `${prefix}\t`, $lt: `${prefix}\n` };
}

/** A number as a key part that sorts as the number does. */
export function sequencePart(number: number): string {
  return String(number).padStart(9, '0');
}
