import type { Ecosystem } from '../ecosystem';
import { lowerCase } from '../lower-case';

/** Modules of Go. Case matters in their paths, but package URLs are in lower case. */
export const golang: Ecosystem = {
  type: 'golang',
  namespace: 'go',
  versionScheme: 'go',
  osv: { name: 'Go', downloaded: true },
  purlName: lowerCase,
  ownDatabase: 'GO-',
  compiledIn: true,
  // The standard library and the toolchain have the version of Go itself; modules have versions like v1.2.3.
  withVersion: (name, version) =>
    name === 'stdlib' || name === 'toolchain' ? `Go ${version}` : `${name} ${version.replace(/^(?=\d)/, 'v')}`,
  lockFiles: ['**/go.mod', '**/go.sum'],
};
