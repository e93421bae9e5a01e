import type { Ecosystem } from '../ecosystem';

/** Packages of pacman. */
export const alpm: Ecosystem = {
  type: 'alpm',
  versionScheme: 'alpm',
  names: /^[A-Za-z0-9@._+][A-Za-z0-9@._+-]*$/,
  sourceIsNameWhenAbsent: true,
};
