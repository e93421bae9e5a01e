import { compareText } from '@clarion/model';
import { aboveAll, leadingNumbers, withoutLastZeros } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { digitsEnd, isDigit, numberKey, spanEnd } from '../sort-key';

/**
 * An item of `ComparableVersion`, or the mark that opens a list: a list is always the last item of the list around it.
 */
type Item =
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'list' };

const openList: Item = { kind: 'list' };

const aliases = new Map([
  ['ga', ''],
  ['final', ''],
  ['release', ''],
  ['cr', 'rc'],
]);
/** Single letters that mean a stage when a digit follows directly. */
const letterAliases = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);
const beforeRelease = ['alpha', 'beta', 'milestone', 'rc', 'snapshot'];

function word(text: string, digitFollows: boolean): Item {
  const spelled = digitFollows ? (letterAliases.get(text) ?? text) : text;
  return { kind: 'word', text: aliases.get(spelled) ?? spelled };
}

function isWordCharacter(code: number): boolean {
  return !isDigit(code) && code !== 0x2e && code !== 0x2d;
}

/** Splits at `.` and `-` and between digits and other characters; `-` and such a transition open a list. */
function itemsOf(version: string): Item[] {
  const items: Item[] = [];
  let at = 0;
  while (at < version.length) {
    const code = version.charCodeAt(at);
    const digits = isDigit(code);
    const end = digits ? digitsEnd(version, at) : spanEnd(version, at, isWordCharacter);
    const text = version.slice(at, end);
    const next = end < version.length ? version.charCodeAt(end) : 0x2e;
    if (digits) items.push({ kind: 'number', digits: text });
    else if (text === '') items.push({ kind: 'number', digits: '' });
    else items.push(word(text, isDigit(next)));
    const separated = next === 0x2e || next === 0x2d;
    if (next !== 0x2e) items.push(openList);
    at = separated ? end + 1 : end;
  }
  return items;
}

// At each position: a word below the release, a list below it, an empty value that leads below it, the end (which is
// the release), a word above it, a list above it, a number.
const lowWord = '\u0001';
const lowList = '\u0002';
export const emptyDown = '\u0003';
const end = '\u0004';
const highWord = '\u0005';
const highList = '\u0006';
const number = '\u0007';

const emptyWord = highWord + '\u0001';
const servicePack = highWord + '\u0002';
const otherWord = highWord + '\u0003';

/** The position of an item relative to the release: below, equal (only empty values) or above. */
type Sign = -1 | 0 | 1;

function wordKey(text: string): SortKey {
  const stage = beforeRelease.indexOf(text);
  if (stage >= 0) return lowWord + String.fromCharCode(stage + 1);
  return text === 'sp' ? servicePack : otherWord + text;
}

function itemKey(item: Item, following: Sign): SortKey {
  if (item.kind === 'list') return following < 0 ? lowList : highList;
  if (isEmpty(item) && following < 0) return emptyDown;
  if (item.kind === 'number') return number + numberKey(item.digits);
  return item.text === '' ? emptyWord : wordKey(item.text);
}

function isEmpty(item: Item): boolean {
  return (item.kind === 'number' && /^0*$/.test(item.digits)) || (item.kind === 'word' && item.text === '');
}

/** One short key per item, from the left, the end included. */
export type MavenKey = readonly SortKey[];

/** Any text that is not blank has a place. Empty values at the end of a list, and empty lists, are ignored. */
export function mavenKey(version: string): MavenKey | undefined {
  const trimmed = version.trim().toLowerCase();
  if (trimmed === '') return undefined;
  const keys = [end];
  let sign: Sign = 0;
  let trailing = true;
  for (const item of itemsOf(trimmed).reverse()) {
    const empty = isEmpty(item);
    if (item.kind === 'list') {
      trailing = true;
      // An empty list, or one that only contains another list: `1-ga-1` is `1-1`.
      if (opensNothing(keys.at(-1))) continue;
    } else if (empty && trailing) {
      continue;
    }
    keys.push(itemKey(item, sign));
    if (item.kind === 'list' || empty) continue;
    trailing = false;
    sign = item.kind === 'word' && beforeRelease.includes(item.text) ? -1 : 1;
  }
  return keys.reverse();
}

function opensNothing(following: SortKey | undefined): boolean {
  return following === end || following === lowList || following === highList;
}

/**
 * The order of the first items that differ. `ComparableVersion` is not transitive: `2.9.0 < 2.9.0-1 < 2.9.0.RC1` and
 * `2.9.0.RC1 < 2.9.0`, since a zero is above every list but equal to the end. This is the only place where the codes
 * cannot express its order; without a zero before a word after a dot the order is total.
 */
export function compareMavenKeys(a: MavenKey, b: MavenKey): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const left = a[at] ?? '';
  const right = b[at] ?? '';
  if (left === emptyDown && right === highList) return 1;
  if (left === highList && right === emptyDown) return -1;
  return compareText(left, right);
}

/** Everything with the same leading numbers. */
export function mavenContinuations(prefix: string): KeySpan<MavenKey> | undefined {
  const numbers = leadingNumbers(prefix.trim());
  if (numbers.length === 0) return undefined;
  const open = (some: readonly string[]): string[] => some.map((digits) => number + numberKey(digits));
  return { floor: open(withoutLastZeros(numbers)), ceiling: [...open(numbers), aboveAll] };
}

const illegal = /[\\/:"<>|?*[\](){},\s]/;

/** What Maven's model validator accepts as the version of an artefact. */
export function isMavenVersion(version: string): boolean {
  return version !== '' && !illegal.test(version) && !version.includes('${');
}
