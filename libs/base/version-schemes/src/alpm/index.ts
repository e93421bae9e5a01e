import { orderBy } from '../sort-key';
import { alpmContinuations, alpmKey, compareAlpmKeys, isAlpmVersion } from './parse';

/**
 * Arch Linux: vercmp(8). A release counts only where both versions have one, so `1.5` equals `1.5-1` and `1.5-2`: the
 * order is total among versions with a release, and among those without.
 */
export const alpm = orderBy(
  {
    id: 'alpm',
    title: 'Arch Linux package versions',
    url: 'https://man.archlinux.org/man/vercmp.8',
    isValid: isAlpmVersion,
    key: alpmKey,
    continuations: alpmContinuations,
  },
  compareAlpmKeys,
);
