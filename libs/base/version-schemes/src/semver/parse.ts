import { aboveAll, spanFrom, withoutLastZeros } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { numberKey } from '../sort-key';

/** How much of a version the order of a SemVer-like scheme uses. */
export interface SemverOrder {
  /** Pub orders by build metadata; SemVer ignores it. */
  readonly build: boolean;
}

/** Numbers, the text up to a `+`, and build metadata. Every text that starts with a number fits. */
const shape = /^(\d+(?:\.\d+)*)([^+]*)(?:\+(.*))?$/s;

const endOfList = '\u0001';
const numeric = '\u0002';
const alphanumeric = '\u0003';

const preRelease = '\u0001';
const release = '\u0002';

/** Dot-separated identifiers: numeric ones by value and below all others, a longer list above its beginning. */
function identifiersKey(text: string): SortKey {
  let key = '';
  for (const identifier of text.split('.')) {
    key += /^\d+$/.test(identifier) ? numeric + numberKey(identifier) : alphanumeric + identifier;
  }
  return key + endOfList;
}

/** Any number of numbers; missing ones are 0, so that partial versions and four-part ones have their place. */
function numbersKey(numbers: readonly string[]): SortKey {
  return openNumbers(withoutLastZeros(numbers)) + endOfList;
}

function openNumbers(numbers: readonly string[]): SortKey {
  let key = '';
  for (const number of numbers) key += numeric + numberKey(number);
  return key;
}

/**
 * The key of `1.2.3-pre+build` in the order of SemVer 2.0.0 §11. Lenient: any number of numbers, leading zeros, and
 * `1.2.3rc1` as `1.2.3-rc1`. Undefined when the text does not start with a number.
 */
export function semverKey(version: string, order: SemverOrder = { build: false }): SortKey | undefined {
  const match = shape.exec(version);
  if (match === null) return undefined;
  const [, numbers = '', rest = '', build] = match;
  const stability = rest === '' ? release : preRelease + identifiersKey(rest.replace(/^[-.]/, ''));
  const key = numbersKey(numbers.split('.')) + stability;
  if (!order.build) return key;
  return key + (build === undefined ? endOfList : numeric + identifiersKey(build));
}

/** Identifiers whose last one may continue: a number that continues may become a word. */
function openIdentifiers(start: SortKey, text: string): KeySpan<SortKey> {
  const identifiers = text.split('.');
  const last = identifiers.pop() ?? '';
  const before = start + identifiersKey(identifiers.join('.')).slice(0, -endOfList.length);
  const lead = identifiers.length === 0 ? start : before;
  const asText = lead + alphanumeric + last;
  return { floor: /^\d+$/.test(last) ? lead + numeric + numberKey(last) : asText, ceiling: asText + aboveAll };
}

/** Everything that continues a version of `isPartial`, whose last number or identifier may only be the first part. */
export function semverContinuations(
  prefix: string,
  order: SemverOrder = { build: false },
): KeySpan<SortKey> | undefined {
  const match = shape.exec(prefix);
  if (match === null) return undefined;
  const [, text = '', rest = '', build] = match;
  const numbers = text.split('.');
  const key = semverKey(build === undefined ? prefix : prefix.slice(0, prefix.indexOf('+')), order) ?? '';
  if (build !== undefined) {
    return order.build
      ? openIdentifiers(key.slice(0, -endOfList.length) + numeric, build)
      : { floor: key, ceiling: key };
  }
  if (rest !== '') return openIdentifiers(numbersKey(numbers) + preRelease, rest.replace(/^[-.]/, ''));
  return { floor: numbersKey(numbers), ceiling: spanFrom(openNumbers(numbers)).ceiling };
}

const partial = /^\d+(?:\.\d+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/**
 * SemVer with any number of numbers, and with leading zeros: advisories write `1.2` and `19.03.0`, which every tool
 * reads the same.
 */
export function isPartial(version: string): boolean {
  return partial.test(withoutPrefix(version));
}

/** Leading blanks, `v` and `=`, as in tags and manifests. */
export function withoutPrefix(version: string): string {
  return version.trim().replace(/^[v=\s]+/i, '');
}

const number = '(?:0|[1-9]\\d*)';
const identifier = `(?:${number}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const buildIdentifier = '[0-9A-Za-z-]+';
const strict = new RegExp(
  `^${number}\\.${number}\\.${number}(?:-${identifier}(?:\\.${identifier})*)?` +
    `(?:\\+${buildIdentifier}(?:\\.${buildIdentifier})*)?$`,
);

/** Exactly SemVer 2.0.0 §2–10. */
export function isSemver(version: string): boolean {
  return strict.test(version);
}
