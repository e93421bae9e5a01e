import type { VersionScheme } from '@clarion/model';

/**
 * A version encoded so that the plain order of strings (UTF-16 code units) is the order of versions. It makes every
 * scheme a total order by construction, and a comparison of two known versions one comparison of strings.
 *
 * A key is a sequence of codes (control characters, one for each kind of token, in the order of the kinds), numbers
 * (`numberKey`) and plain text. Text needs no terminator as long as a code follows it: codes sort below all text.
 */
export type SortKey = string;
/** A scheme as its folder defines it; `orderByKey` adds the comparison. */
export interface KeyedScheme<Key> extends Omit<VersionScheme, 'compare' | 'order'> {
  /** The key of a version; undefined when the text has no place in the order. Must run in linear time. */
  key(version: string): Key | undefined;
  /** Whether the place of a text is certain: a valid version, unless the scheme accepts more (`1.2` for `1.2.0`). */
  isCertain?(version: string): boolean;
  /**
   * The range of keys of everything that continues a given prefix; the text after the prefix is `rest`, and its start
   * does not belong to a number or word of the prefix. Undefined where the scheme cannot determine it; absent: it never
   * can.
   */
  continuations?(prefix: string, rest: string): KeySpan<Key> | undefined;
}

/** Two keys, and the keys of all versions between them. */
export interface KeySpan<Key> {
  readonly floor: Key;
  readonly ceiling: Key;
}
