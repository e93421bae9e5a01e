import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseDescription } from './parse';

/** Packages in the libraries of R. */
export const r: Detector = {
  id: 'r',
  kind: 'feature',
  version: 2,
  title: 'R packages (DESCRIPTION of installed packages)',
  files: {
    // Libraries usually have these names, but may have any other (`R_LIBS`, renv, packrat).
    paths: ['**/library/*/DESCRIPTION', '**/site-library/*/DESCRIPTION', '**/DESCRIPTION'],
    maxBytes: 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseDescription(file, budget));
  },
};
