import type { Detector } from '@clarion/model';
import { factsOfFiles } from '../facts-of-files';
import { parseLsbRelease } from './parse';

/** The file that tells an old Ubuntu, which has no os-release but a `debian_version`. */
export const lsbRelease: Detector = {
  id: 'lsb-release',
  kind: 'namespace',
  version: 1,
  title: 'lsb-release (Ubuntu before 12.04)',
  wants: { paths: ['etc/lsb-release'], maxBytes: 64 * 1024 },
  detect(files, budget) {
    return { namespaces: factsOfFiles(files, budget, parseLsbRelease) };
  },
};
