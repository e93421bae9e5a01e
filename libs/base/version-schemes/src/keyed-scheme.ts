import type { VersionScheme } from '@clarion/model';

/**
 * A version written so that the plain order of strings (UTF-16 code units) is the order of versions. It makes every
 * scheme a total order by construction, and a comparison of two known versions one comparison of strings.
 *
 * A key is a sequence of codes (control characters, one for each kind of token, in the order of the kinds), numbers
 * (`numberKey`) and plain text. Text needs no terminator as long as a code follows it: codes are below all text.
 */
export type SortKey = string;
/** A scheme as its folder states it; `orderByKey` adds the comparison. */
export interface KeyedScheme<Key> extends Omit<VersionScheme, 'compare' | 'order'> {
  /** The key of a version, undefined when the text has no place in the order. Must take linear time. */
  key(version: string): Key | undefined;
  /** Whether a text has a place that nobody doubts: a valid version, unless more is said here (`1.2` for `1.2.0`). */
  isCertain?(version: string): boolean;
  /**
   * Between which keys everything lies that goes on from a certain text; what does follow is `rest`, whose start belongs
   * to no number or word of the prefix. Undefined where the scheme cannot tell; absent: it never can.
   */
  continuations?(prefix: string, rest: string): KeySpan<Key> | undefined;
}

/** Two keys, and all keys of some versions between them. */
export interface KeySpan<Key> {
  readonly floor: Key;
  readonly ceiling: Key;
}
