import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseInstalledList } from './parse';

/** Packages of PHP that Composer has installed. */
export const phpComposer: Detector = {
  id: 'php-composer',
  kind: 'feature',
  version: 2,
  title: 'PHP packages (installed.json of Composer)',
  files: {
    paths: ['**/composer/installed.json'],
    maxBytes: 32 * 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseInstalledList(file, budget));
  },
};
