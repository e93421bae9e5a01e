import type { Ecosystem } from '../ecosystem';

/** Packages of Bioconductor, which are written in R. */
export const bioconductor: Ecosystem = {
  type: 'bioconductor',
  namespace: 'bioconductor',
  versionScheme: 'cran',
  osv: { name: 'Bioconductor' },
};
