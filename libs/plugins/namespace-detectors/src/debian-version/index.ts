import type { Detector } from '@clarion/model';
import { factsOfFiles } from '../facts-of-files';
import { parseDebianVersion } from './parse';

/** The version file of Debian, the only one before Debian 7. */
export const debianVersion: Detector = {
  id: 'debian-version',
  kind: 'namespace',
  version: 1,
  title: 'debian_version (Debian before 7)',
  files: { paths: ['etc/debian_version'], maxBytes: 4 * 1024 },
  detect(files, budget) {
    return { namespaces: factsOfFiles(files, budget, parseDebianVersion) };
  },
};
