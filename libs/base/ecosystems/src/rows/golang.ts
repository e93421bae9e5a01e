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
  lockFiles: ['**/go.mod', '**/go.sum'],
};
