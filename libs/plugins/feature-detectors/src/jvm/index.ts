import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseRelease } from './parse';

/** Runtimes of Java, by the file that describes each of them. */
export const jvm: Detector = {
  id: 'jvm',
  kind: 'feature',
  version: 1,
  title: 'Runtimes of Java without a package (the file "release" of a JDK or JRE)',
  files: { paths: ['**/release'], maxBytes: 64 * 1024 },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseRelease(file, budget));
  },
};
