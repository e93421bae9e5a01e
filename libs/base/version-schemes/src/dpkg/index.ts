import { orderByKey } from '../sort-key';
import { dpkgContinuations, dpkgKey, isDpkgVersion } from './parse';

/** Debian, Ubuntu and everything else with dpkg: Debian Policy §5.6.12, deb-version(7). */
export const dpkg = orderByKey({
  id: 'dpkg',
  title: 'Debian package versions',
  url: 'https://www.debian.org/doc/debian-policy/ch-controlfields.html#version',
  isValid: isDpkgVersion,
  key: dpkgKey,
  continuations: dpkgContinuations,
});
