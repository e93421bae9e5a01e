import { aboveCodes, leadingNumbers, spanFrom } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { numberKey } from '../sort-key';

const shape = /^(\d+)((?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|p)\d*)*)(?:-r(\d+))?$/;

const endOfNumbers = '\u0001';
const textComponent = '\u0002';
const component = '\u0003';

const suffixCodes = new Map([
  ['alpha', '\u0001'],
  ['beta', '\u0002'],
  ['pre', '\u0003'],
  ['rc', '\u0004'],
  ['p', '\u0006'],
]);
const endOfSuffixes = '\u0005';

/** A component that starts with 0 orders as text without its trailing zeros, below every other component. */
function componentKey(digits: string): SortKey {
  if (!digits.startsWith('0')) return component + numberKey(digits);
  let end = digits.length;
  while (digits.charAt(end - 1) === '0') end--;
  return textComponent + digits.slice(0, end);
}

/** Package Manager Specification §3.3. Undefined for anything but a valid version. */
export function gentooKey(version: string): SortKey | undefined {
  const match = shape.exec(version.trim());
  if (match === null) return undefined;
  const [, first = '', others = '', letter = '', suffixes = '', revision = ''] = match;
  let key = numberKey(first);
  for (const digits of others.split('.').slice(1)) key += componentKey(digits);
  key += endOfNumbers + letter;
  for (const [, name = '', digits = ''] of suffixes.matchAll(/_([a-z]+)(\d*)/g)) {
    key += (suffixCodes.get(name) ?? '') + numberKey(digits);
  }
  return key + endOfSuffixes + numberKey(revision);
}

/** Everything with the same leading numbers. */
export function gentooContinuations(prefix: string): KeySpan<SortKey> {
  const [first = '', ...others] = leadingNumbers(prefix.trim());
  return spanFrom(numberKey(first) + others.map(componentKey).join(''), aboveCodes);
}
