import type { Ecosystem } from '../ecosystem';

/** Packages of Haskell. */
export const hackage: Ecosystem = {
  type: 'hackage',
  namespace: 'hackage',
  versionScheme: 'hackage',
  osv: { name: 'Hackage' },
  otherNames: ['haskell'],
  readBy: [
    {
      detector: 'haskell',
      signs: ['**/package.conf.d/*.conf', '**/package.db/*.conf', '**/pkgdb/*.conf'],
    },
  ],
  signs: ['**/stack.yaml.lock', '**/cabal.project.freeze'],
};
