import { aboveCodes, spanFrom } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { digitsEnd, isDigit, isLetter, lettersEnd, numberKey } from '../sort-key';

/** `[epoch:]version[-release]`; epoch and release are undefined where absent. */
export interface Evr {
  readonly epoch: string | undefined;
  readonly version: string;
  readonly release: string | undefined;
}

/** Splits as rpm does: the epoch is the leading digits before a colon, the release follows the last hyphen. */
export function splitEvr(text: string): Evr {
  const colon = digitsEnd(text, 0);
  const hasEpoch = text.charAt(colon) === ':';
  const rest = hasEpoch ? text.slice(colon + 1) : text;
  const hyphen = rest.lastIndexOf('-');
  return {
    epoch: hasEpoch ? text.slice(0, colon) : undefined,
    version: hyphen < 0 ? rest : rest.slice(0, hyphen),
    release: hyphen < 0 ? undefined : rest.slice(hyphen + 1),
  };
}

// rpm-version(7): at each position a tilde is lowest, then the end, then a caret, then letters, then a number.
const tilde = '\u0001';
const end = '\u0002';
const caret = '\u0003';
const letters = '\u0004';
const number = '\u0005';

/** rpmvercmp: maximal runs of digits or letters; every other character only separates them and is otherwise ignored. */
function segmentsKey(text: string): SortKey {
  let key = '';
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const start = at;
    if (isDigit(code)) {
      at = digitsEnd(text, at);
      key += number + numberKey(text, start, at);
    } else if (isLetter(code)) {
      at = lettersEnd(text, at);
      key += letters + text.slice(start, at);
    } else {
      if (code === 0x7e) key += tilde;
      else if (code === 0x5e) key += caret;
      at++;
    }
  }
  return key + end;
}

// An absent release is lower than any present one, even an empty one.
const releaseAbsent = '\u0001';
const releasePresent = '\u0002';

/** Any text that is not empty has a place. */
export function rpmKey(text: string): SortKey | undefined {
  if (text.trim() === '') return undefined;
  const { epoch = '', version, release } = splitEvr(text);
  const tail = release === undefined ? releaseAbsent : releasePresent + segmentsKey(release);
  return numberKey(epoch) + segmentsKey(version) + tail;
}

/** A further hyphen turns what looks like version and release into a version. */
export function rpmContinuations(prefix: string, rest: string): KeySpan<SortKey> {
  const { epoch = '', version, release } = splitEvr(prefix);
  const start = numberKey(epoch);
  const stem = start + segmentsKey(version);
  if (release === undefined) return spanFrom(stem.slice(0, -end.length), aboveCodes);
  const span = spanFrom((stem + releasePresent + segmentsKey(release)).slice(0, -end.length), aboveCodes);
  if (!rest.includes('-')) return span;
  return { ...span, ceiling: start + segmentsKey(`${version}-${release}`).slice(0, -end.length) + aboveCodes };
}

const shape = /^(?:\d+:)?[A-Za-z0-9._+~^]+(?:-[A-Za-z0-9._+~^]+)?$/;

/** What rpmbuild accepts as `[epoch:]version[-release]`. */
export function isRpmVersion(text: string): boolean {
  return shape.test(text) && !text.includes('..');
}
