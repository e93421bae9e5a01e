import type { Ecosystem } from '../ecosystem';

/** Packages of R. */
export const cran: Ecosystem = {
  type: 'cran',
  namespace: 'cran',
  versionScheme: 'cran',
  osv: { name: 'CRAN' },
  signs: ['**/library/*/DESCRIPTION', '**/site-library/*/DESCRIPTION'],
};
