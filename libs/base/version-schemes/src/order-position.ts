import { type KeyedScheme, type KeySpan, type SortKey } from './keyed-scheme';

/**
 * The position of a text in an order. A certain text is at its key. A text that is not a valid version may be anything
 * that continues its longest valid prefix: `key` is that of the prefix.
 */
export interface OrderPosition<Key> extends KeySpan<Key> {
  readonly key: Key;
  readonly exact: boolean;
}

/** The place of a text without a valid prefix, of a list or a sentence, and of a text that is too long. */
export const noPosition = 'no-position';

/**
 * Characters of the longest text that has a place: longer text may be anything. Of all versions in feeds, images and
 * published vectors, the longest has 68; npm rejects versions of more than 256.
 */
export const longestVersion = 256;
const listOrSentence = /[,\s]/;

/** The position of a text in the order of a scheme. Never throws. */
export function findPosition<Key>(scheme: KeyedScheme<Key>, text: string): OrderPosition<Key> | typeof noPosition {
  if (text.length > longestVersion) return noPosition;
  if (isCertain(scheme, text)) {
    const key = scheme.key(text);
    return key === undefined ? noPosition : { floor: key, key, ceiling: key, exact: true };
  }
  if (scheme.continuations === undefined || listOrSentence.test(text)) return noPosition;
  const prefix = validPrefix(scheme, text);
  if (prefix === undefined) return noPosition;
  const key = scheme.key(prefix);
  const span = scheme.continuations(prefix, text.slice(prefix.length));
  return key === undefined || span === undefined ? noPosition : { ...span, key, exact: false };
}

function isCertain<Key>(scheme: KeyedScheme<Key>, text: string): boolean {
  return scheme.isValid(text) || scheme.isCertain?.(text) === true;
}

const wordOrNumber = /\d+|[A-Za-z]+|[^\dA-Za-z]/gu;

/** The longest certain prefix that does not split a number or word. */
function validPrefix<Key>(scheme: KeyedScheme<Key>, text: string): string | undefined {
  const ends = [...text.matchAll(wordOrNumber)].map(({ index }) => index).reverse();
  const end = ends.find((at) => at > 0 && isCertain(scheme, text.slice(0, at)));
  if (end === undefined) return undefined;
  // What looks like a version is an epoch, which has no meaning without what follows it.
  const isEpoch = /^\d+[:!]/.test(text) && end === text.search(/[:!]/);
  return isEpoch ? undefined : text.slice(0, end);
}

/** Above every code that may continue a key after a whole number or word, below all text. */
export const aboveCodes = '\u0020';
/** Above everything that may continue a key. */
export const aboveAll = '\uffff';

/** All keys that continue a stem; `top` is above every possible continuation. */
export function spanFrom(stem: SortKey, top = aboveAll): KeySpan<SortKey> {
  return { floor: stem, ceiling: stem + top };
}

/** The leading dotted numbers of a version, including those at its end. */
export function leadingNumbers(version: string): readonly string[] {
  return /^\d+(?:\.\d+)*/.exec(version)?.[0].split('.') ?? [];
}

/** Without trailing zeros. */
export function withoutLastZeros(numbers: readonly string[]): readonly string[] {
  let count = numbers.length;
  while (count > 0 && /^0*$/.test(numbers[count - 1] ?? '')) count--;
  return numbers.slice(0, count);
}
