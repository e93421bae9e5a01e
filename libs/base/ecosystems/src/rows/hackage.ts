import type { Ecosystem } from '../ecosystem';

/** Packages of Haskell. */
export const hackage: Ecosystem = {
  type: 'hackage',
  namespace: 'hackage',
  versionScheme: 'hackage',
  osv: { name: 'Hackage' },
  signs: ['**/stack.yaml.lock', '**/cabal.project.freeze'],
};
