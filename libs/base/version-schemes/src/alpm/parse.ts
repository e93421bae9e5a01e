import { compareText } from '@clarion/model';
import { aboveAll } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { digitsEnd, isDigit, isLetter, lettersEnd, numberKey, spanEnd } from '../sort-key';

// At each position: letters that follow directly, then the end, then everything after a longer gap or with a number.
const attachedLetters = '\u0001';
const end = '\u0002';
const separated = '\u0003';
const letters = '\u0001';
const number = '\u0002';

function isSeparator(code: number): boolean {
  return !isDigit(code) && !isLetter(code);
}

/** alpm's rpmvercmp: the number of separators counts, a longer gap is newer. Separators at the end are ignored. */
function segmentsKey(text: string): SortKey {
  let key = '';
  let at = 0;
  while (at < text.length) {
    const start = spanEnd(text, at, isSeparator);
    const gap = start - at;
    if (start === text.length) break;
    const digits = isDigit(text.charCodeAt(start));
    at = digits ? digitsEnd(text, start) : lettersEnd(text, start);
    const segment = text.slice(start, at);
    if (gap === 0 && !digits) key += attachedLetters + segment;
    else key += separated + numberKey(String(gap)) + (digits ? number + numberKey(segment) : letters + segment);
  }
  return key + end;
}

/** The key of `[epoch:]version` and that of the release, where there is one. */
export interface AlpmKey {
  readonly version: SortKey;
  readonly release: SortKey | undefined;
}

/** Splits `[epoch:]version[-release]`. Undefined for blank text. */
export function alpmKey(text: string): AlpmKey | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const colon = digitsEnd(trimmed, 0);
  const hasEpoch = trimmed.charAt(colon) === ':';
  const rest = hasEpoch ? trimmed.slice(colon + 1) : trimmed;
  const epoch = numberKey(hasEpoch ? trimmed.slice(0, colon) : '');
  const hyphen = rest.lastIndexOf('-');
  if (hyphen < 0) return { version: epoch + segmentsKey(rest), release: undefined };
  return { version: epoch + segmentsKey(rest.slice(0, hyphen)), release: segmentsKey(rest.slice(hyphen + 1)) };
}

/** A further hyphen turns what looks like version and release into a version. */
export function alpmContinuations(prefix: string, rest: string): KeySpan<AlpmKey> | undefined {
  const key = alpmKey(prefix);
  const whole = alpmKey(`${prefix}-`);
  if (key === undefined || whole === undefined) return undefined;
  const open = (closed: SortKey): SortKey => closed.slice(0, -end.length);
  const { version, release } = key;
  if (release === undefined) {
    const stem = open(version);
    return { floor: { version: stem, release }, ceiling: { version: stem + aboveAll, release } };
  }
  const floor = { version, release: open(release) };
  if (!rest.includes('-')) return { floor, ceiling: { version, release: floor.release + aboveAll } };
  return { floor, ceiling: { version: open(whole.version) + aboveAll, release: undefined } };
}

/** A release that only one side has is ignored. */
export function compareAlpmKeys(a: AlpmKey, b: AlpmKey): number {
  const order = compareText(a.version, b.version);
  if (order !== 0 || a.release === undefined || b.release === undefined) return order;
  return compareText(a.release, b.release);
}

const shape = /^(?:\d+:)?[^\s:/-]+(?:-\d+(?:\.\d+)?)?$/;

/** What makepkg accepts, with or without the release. */
export function isAlpmVersion(text: string): boolean {
  return shape.test(text);
}
