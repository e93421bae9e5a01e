import { orderByKey } from '../sort-key';
import { apkContinuations, parseApk } from './parse';

/** Alpine, Wolfi, Chainguard: apk-package(5) and the order of apk-tools 3. */
export const apk = orderByKey({
  id: 'apk',
  title: 'Alpine package versions',
  url: 'https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd',
  isValid: (version) => parseApk(version).valid,
  key: (version) => (version.trim() === '' ? undefined : parseApk(version).key),
  continuations: apkContinuations,
});
