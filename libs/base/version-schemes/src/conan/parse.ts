import { aboveAll, leadingNumbers, withoutLastZeros } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { digitsEnd, numberKey } from '../sort-key';

const end = '\u0001';
const number = '\u0002';
const word = '\u0003';

const absentLow = '\u0001';
const present = '\u0002';
const absentHigh = '\u0003';

/** Dotted items: by leading number, then by the rest as text; words are above numbers. Trailing zeros are ignored. */
function itemsKey(text: string): SortKey {
  const items = text.split('.');
  while (/^0*$/.test(items.at(-1) ?? '.')) items.pop();
  let key = '';
  for (const item of items) {
    const digits = digitsEnd(item, 0);
    key += digits === 0 ? word + item : number + numberKey(item, 0, digits) + item.slice(digits);
  }
  return key + end;
}

/** `items[-pre][+build]`; a pre-release is below its release, a build above. */
export function conanKey(version: string): SortKey | undefined {
  const trimmed = version.trim();
  if (trimmed === '') return undefined;
  const plus = trimmed.indexOf('+');
  const body = plus < 0 ? trimmed : trimmed.slice(0, plus);
  const hyphen = body.indexOf('-');
  const main = itemsKey(hyphen < 0 ? body : body.slice(0, hyphen));
  const pre = hyphen < 0 ? absentHigh : present + itemsKey(body.slice(hyphen + 1));
  const build = plus < 0 ? absentLow : present + itemsKey(trimmed.slice(plus + 1));
  return main + pre + build;
}

/** Everything with the same leading numbers. */
export function conanContinuations(prefix: string): KeySpan<SortKey> | undefined {
  const numbers = leadingNumbers(prefix.trim());
  if (numbers.length === 0) return undefined;
  const open = (some: readonly string[]): SortKey => some.map((digits) => number + numberKey(digits)).join('');
  return { floor: open(withoutLastZeros(numbers)), ceiling: open(numbers) + aboveAll };
}

/** Versions that a Conan reference accepts. */
export function isConanVersion(version: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_+.-]{0,100}$/.test(version);
}
