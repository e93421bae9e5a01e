import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseRegistration } from './parse';

/** Packages in the package databases of GHC. */
export const haskell: Detector = {
  id: 'haskell',
  kind: 'feature',
  version: 1,
  title: 'Haskell packages (package databases of GHC)',
  files: {
    // Those of GHC, of Cabal's store and of Stack's snapshots.
    paths: ['**/package.conf.d/*.conf', '**/package.db/*.conf', '**/pkgdb/*.conf'],
    maxBytes: 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseRegistration(file, budget));
  },
};
