import type { Ecosystem } from '../ecosystem';

/** Packages of Dart. */
export const pub: Ecosystem = {
  type: 'pub',
  namespace: 'pub',
  versionScheme: 'pub',
  osv: { name: 'Pub' },
  otherNames: ['dart'],
  readBy: [{ detector: 'dart', signs: ['**/.dart_tool/package_config.json'] }],
  lockFiles: ['**/pubspec.lock'],
};
