import { orderByKey } from '../sort-key';
import { gentooContinuations, gentooKey } from './parse';

/** Gentoo ebuilds: Package Manager Specification §3. */
export const gentoo = orderByKey({
  id: 'gentoo',
  title: 'Gentoo ebuild versions',
  url: 'https://projects.gentoo.org/pms/8/pms.html#version-specifications',
  isValid: (version) => version.trim() === version && gentooKey(version) !== undefined,
  key: gentooKey,
  continuations: gentooContinuations,
});
