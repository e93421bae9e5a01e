import { aboveCodes, spanFrom } from '../order-position';
import { type KeySpan, type SortKey } from '../keyed-scheme';
import { numberKey } from '../sort-key';

const end = '\u0001';
const number = '\u0002';

/** Numbers by value, the longer list above its beginning: `0.9 < 0.75`, `1.0 < 1.0.0`. */
export function numberListKey(numbers: readonly string[]): SortKey {
  let key = '';
  for (const digits of numbers) key += number + numberKey(digits);
  return key + end;
}

/** Numbers separated by `.` or `-`. */
export function cranKey(version: string): SortKey | undefined {
  const trimmed = version.trim();
  return /^\d+(?:[.-]\d+)*$/.test(trimmed) ? numberListKey(trimmed.split(/[.-]/)) : undefined;
}

/** All longer lists. */
export function numberListContinuations(prefix: string): KeySpan<SortKey> {
  return spanFrom(numberListKey(prefix.trim().split(/[.-]/)).slice(0, -end.length), aboveCodes);
}
