import { numberListKey } from '../cran/parse';
import type { SortKey } from '../keyed-scheme';

/** A list of numbers; a longer list is above its own beginning. */
export function hackageKey(version: string): SortKey | undefined {
  const trimmed = version.trim();
  return /^\d+(?:\.\d+)*$/.test(trimmed) ? numberListKey(trimmed.split('.')) : undefined;
}

/** What Cabal accepts: numbers of at most nine digits without leading zeros. */
export function isHackageVersion(version: string): boolean {
  return /^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8}))*$/.test(version);
}
