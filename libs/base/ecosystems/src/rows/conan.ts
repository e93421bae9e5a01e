import type { Ecosystem } from '../ecosystem';

/** Packages of C and C++. */
export const conan: Ecosystem = {
  type: 'conan',
  namespace: 'conan',
  versionScheme: 'conan',
  osv: { name: 'ConanCenter' },
  lockFiles: ['**/conan.lock'],
};
