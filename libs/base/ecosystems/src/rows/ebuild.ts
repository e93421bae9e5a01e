import type { Ecosystem } from '../ecosystem';

/** Packages of Portage. */
export const ebuild: Ecosystem = {
  type: 'ebuild',
  versionScheme: 'gentoo',
  sourceIsNameWhenAbsent: true,
  // This file exists for each installed package.
  signs: ['var/db/pkg/*/*/PF'],
};
