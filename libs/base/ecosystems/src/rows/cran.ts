import type { Ecosystem } from '../ecosystem';

/** Packages of R. */
export const cran: Ecosystem = {
  type: 'cran',
  namespace: 'cran',
  versionScheme: 'cran',
  osv: { name: 'CRAN' },
  otherNames: ['r'],
  readBy: [{ detector: 'r', signs: ['**/library/*/DESCRIPTION', '**/site-library/*/DESCRIPTION'] }],
};
