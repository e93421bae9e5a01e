import { aboveAll, aboveCodes, spanFrom } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { digitsEnd, isDigit, numberKey, spanEnd } from '../sort-key';

// The state of the parser: the kinds of token in the order in which a valid version has them.
const initial = 0;
const component = 1;
const letter = 2;
const suffix = 3;
const suffixNumber = 4;
const hash = 5;
const revision = 6;

// The order at one position of two versions that are equal so far: a pre-release suffix is lowest, then text that is
// not valid, then the end, then the kinds of token from the last to the first.
const code = {
  preSuffix: 0x01,
  invalid: '\u0005',
  end: '\u0006',
  revision: '\u0007',
  hash: '\u0008',
  suffixNumber: '\u0009',
  postSuffix: 0x0a,
  letter: '\u000f',
  textComponent: '\u0010',
  component: '\u0011',
} as const;

const suffixCodes = new Map(
  [
    ...['alpha', 'beta', 'pre', 'rc'].map((name, index) => [name, code.preSuffix + index] as const),
    ...['cvs', 'svn', 'git', 'hg', 'p'].map((name, index) => [name, code.postSuffix + index] as const),
  ].map(([name, value]) => [name, String.fromCharCode(value)]),
);

/** One token: its key, its end, its kind, and whether the grammar allows it there. */
interface Token {
  readonly key: SortKey;
  readonly end: number;
  readonly kind: number;
  readonly valid: boolean;
}

function isLowerCase(character: number): boolean {
  return character >= 0x61 && character <= 0x7a;
}

function isHex(character: number): boolean {
  return isDigit(character) || (character >= 0x61 && character <= 0x66);
}

/** A component that starts with `0` orders as text (`1.02 < 1.1`), and so below every other component. */
function componentKey(digits: string): SortKey {
  return digits === '' || digits.startsWith('0') ? code.textComponent + digits : code.component + numberKey(digits);
}

function readDot(text: string, at: number, kind: number): Token {
  const end = digitsEnd(text, at + 1);
  const allowed = kind <= component;
  // Doubled dots are empty components; a dot before anything else is ignored.
  const empty = end === at + 1;
  if (allowed && (!empty || end === text.length || text.charAt(end) === '.')) {
    return { key: componentKey(text.slice(at + 1, end)), end, kind: component, valid: !empty };
  }
  return { key: code.invalid, end: at + 1, kind: component, valid: false };
}

function readDigits(text: string, at: number, kind: number): Token {
  const end = digitsEnd(text, at);
  const digits = text.slice(at, end);
  // `6.6.2p1`: no longer valid, but used by real packages. The number belongs to the letter as it would to a suffix.
  if (kind === suffix || kind === letter) {
    return { key: code.suffixNumber + numberKey(digits), end, kind: suffixNumber, valid: kind === suffix };
  }
  return { key: componentKey(digits), end, kind: component, valid: false };
}

function readLetter(text: string, at: number, kind: number): Token {
  const valid = kind <= component;
  const key = code.letter + text.charAt(at);
  return { key: valid ? key : code.invalid + key, end: at + 1, kind: letter, valid };
}

function readSuffix(text: string, at: number, kind: number): Token {
  const end = spanEnd(text, at + 1, isLowerCase);
  const key = suffixCodes.get(text.slice(at + 1, end));
  if (key === undefined || kind > suffixNumber) return { key: code.invalid, end, kind: suffix, valid: false };
  return { key, end, kind: suffix, valid: true };
}

function readHash(text: string, at: number, kind: number): Token {
  const end = spanEnd(text, at + 1, isHex);
  const valid = kind < hash && end > at + 1;
  return { key: valid ? code.hash + text.slice(at + 1, end) : code.invalid, end, kind: hash, valid };
}

const nextRevision = /-r\d/g;

function readRevision(text: string, at: number, kind: number): Token {
  const start = at + 2;
  const end = digitsEnd(text, start);
  const digits = end > start;
  if (kind < revision && text.startsWith('-r', at) && (digits || end === text.length || text.charAt(end) === '-')) {
    return { key: code.revision + numberKey(text.slice(start, end)), end, kind: revision, valid: digits };
  }
  // `70.3.0-rc0-r1`: an invalid version, but the revision after it still counts.
  nextRevision.lastIndex = at;
  const found = nextRevision.exec(text)?.index ?? text.length;
  return { key: code.invalid, end: found, kind: hash, valid: false };
}

function readToken(text: string, at: number, kind: number): Token {
  const character = text.charCodeAt(at);
  if (isDigit(character)) return readDigits(text, at, kind);
  if (isLowerCase(character)) return readLetter(text, at, kind);
  if (character === 0x2e) return readDot(text, at, kind);
  if (character === 0x5f) return readSuffix(text, at, kind);
  if (character === 0x7e) return readHash(text, at, kind);
  if (character === 0x2d) return readRevision(text, at, kind);
  return { key: code.invalid, end: at + 1, kind, valid: false };
}

/** The key of a version and whether apk-tools accepts it. */
export interface ApkVersion {
  readonly key: SortKey;
  readonly valid: boolean;
}

/**
 * Reads `digit{.digit}…{letter}{_suffix{#}}…{~hash}{-r#}` (apk-package(5)) with the order of apk-tools 3. Where apk
 * stops, at invalid text, this continues, so that such versions of real packages keep an order.
 */
export function parseApk(text: string): ApkVersion {
  let at = digitsEnd(text, 0);
  let key = numberKey(text.slice(0, at));
  let kind: number = initial;
  let valid = at > 0;
  while (at < text.length) {
    const token = readToken(text, at, kind);
    key += token.key;
    at = token.end;
    kind = token.kind;
    valid &&= token.valid;
  }
  return { key: key + code.end, valid };
}

/**
 * After a whole token a key continues with the code of the next one, so `1.01` does not continue `1.0`; a hash may
 * grow.
 */
export function apkContinuations(prefix: string): KeySpan<SortKey> {
  const top = /~[0-9a-f]+$/.test(prefix) ? aboveAll : aboveCodes;
  return spanFrom(parseApk(prefix).key.slice(0, -code.end.length), top);
}
