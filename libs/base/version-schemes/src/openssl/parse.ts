import { leadingNumbers, spanFrom } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { numberKey } from '../sort-key';

const shape = /^(\d+)\.(\d+)\.(\d+)([a-z]*)(?:-([a-z]+)\.?(\d*))?(?:\+.*)?$/;

/** Stages before the release and snapshots after it, as in the project's tags. */
const stages = new Map([
  ['alpha', '\u0001'],
  ['beta', '\u0002'],
  ['pre', '\u0003'],
  ['rc', '\u0003'],
]);
const release = '\u0004';
const snapshot = '\u0005';
const endOfLetters = '\u0001';

/** `1.1.1w`, `0.9.8zh`, `1.0.2-beta3`, `3.0.0-alpha1`: three numbers, patch letters as text, a stage. */
export function opensslKey(version: string): SortKey | undefined {
  const match = shape.exec(version.trim().toLowerCase());
  if (match === null) return undefined;
  const [, major = '', minor = '', fix = '', letters = '', stage, stageNumber = ''] = match;
  const numbers = numberKey(major) + numberKey(minor) + numberKey(fix);
  const tail = stage === undefined ? release : (stages.get(stage) ?? snapshot + stage + endOfLetters);
  return numbers + letters + endOfLetters + tail + numberKey(stageNumber);
}

/** Everything with the same three numbers. */
export function opensslContinuations(prefix: string): KeySpan<SortKey> {
  return spanFrom(
    leadingNumbers(prefix.trim())
      .map((digits) => numberKey(digits))
      .join(''),
  );
}
