import type { VersionScheme } from '@clarion/model';
import { compareText, invalidVersion } from '../sort-key';
import { alpmKeys, isAlpmVersion } from './parse';

function keysOf(version: string) {
  const keys = alpmKeys(version);
  if (keys === undefined) throw invalidVersion('alpm', version);
  return keys;
}

/**
 * Arch Linux: vercmp(8). A release counts only where both versions have one, so `1.5` equals `1.5-1` and `1.5-2`: the
 * order is total among versions with a release, and among those without.
 */
export const alpm: VersionScheme = {
  id: 'alpm',
  title: 'Arch Linux package versions',
  url: 'https://man.archlinux.org/man/vercmp.8',
  isValid: isAlpmVersion,
  compare(a, b) {
    const left = keysOf(a);
    const right = keysOf(b);
    const order = compareText(left.version, right.version);
    if (order !== 0 || left.release === undefined || right.release === undefined) return order;
    return compareText(left.release, right.release);
  },
};
