import type { Detector } from '@clarion/model';
import { factsOfFiles } from '../facts-of-files';
import { parseRepository } from './parse';

/** The repository from which yum installed each package. */
export const yumHistory: Detector = {
  id: 'yum-history',
  kind: 'namespace',
  version: 1,
  title: 'yum history (repository of each package; RHEL 6 and 7, Amazon Linux)',
  // Equal files of the history are hard links to each other.
  files: { paths: ['var/lib/yum/yumdb/*/*/from_repo'], maxBytes: 4096, byPath: true },
  detect(files, budget) {
    return { evidence: factsOfFiles(files, budget, parseRepository) };
  },
};
