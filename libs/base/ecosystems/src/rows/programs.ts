import type { Ecosystem } from '../ecosystem';

/** Programs without a package manager: each has its own order of versions. */
export const programs: Ecosystem = {
  type: 'generic',
  namespace: 'generic',
};
