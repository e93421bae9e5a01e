import type { Ecosystem } from '../ecosystem';
import { directoryBefore } from '../directory-before';
import { lowerCase } from '../lower-case';

export const conda: Ecosystem = {
  type: 'conda',
  namespace: 'conda',
  // Conda orders versions as PEP 440 does, with further forms that few packages use.
  versionScheme: 'pep440',
  normalise: lowerCase,
  installedIn: (path) => directoryBefore(path, /(?:^|\/)conda-meta\/[^/]+$/),
  readBy: [{ detector: 'python', signs: ['**/conda-meta/*.json'] }],
};
