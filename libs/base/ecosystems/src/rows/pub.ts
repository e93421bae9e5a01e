import type { Ecosystem } from '../ecosystem';

/** Packages of Dart. */
export const pub: Ecosystem = {
  type: 'pub',
  namespace: 'pub',
  versionScheme: 'pub',
  osv: { name: 'Pub' },
  lockFiles: ['**/pubspec.lock'],
};
