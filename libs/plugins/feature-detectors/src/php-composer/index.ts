import { type Detector, filesWithin } from '@clarion/model';
import { combine, nothingParsed } from '../parsed';
import { parseInstalledList } from './parse';

/** A vendor directory in the tests of an installed package. */
const testdata = /(?:^|\/)vendor\/[^/]+\/[^/]+\/(?:.*\/)?(?:tests?|fixtures?)\//i;

/** Packages of PHP that Composer has installed. */
export const phpComposer: Detector = {
  id: 'php-composer',
  kind: 'feature',
  version: 3,
  title: 'PHP packages (installed.json of Composer)',
  files: {
    paths: ['**/composer/installed.json'],
    maxBytes: 32 * 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) =>
      testdata.test(file.path) ? nothingParsed : parseInstalledList(file, budget),
    );
  },
};
