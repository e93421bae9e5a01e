import type { Detector } from '@clarion/model';
import { factsOfFiles } from '../facts-of-files';
import { parseLsbRelease } from './parse';

/** The release file of old Ubuntu versions, which have a `debian_version` but no os-release. */
export const lsbRelease: Detector = {
  id: 'lsb-release',
  kind: 'namespace',
  version: 1,
  title: 'lsb-release (Ubuntu before 12.04)',
  files: { paths: ['etc/lsb-release'], maxBytes: 64 * 1024 },
  detect(files, budget) {
    return { namespaces: factsOfFiles(files, budget, parseLsbRelease) };
  },
};
