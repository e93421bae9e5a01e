import type { Detector } from '@clarion/model';
import { factsOfFiles } from '../facts-of-files';
import { parseAlpineRelease } from './parse';

/** The version file of Alpine, the only one before 3.0. */
export const alpineRelease: Detector = {
  id: 'alpine-release',
  kind: 'namespace',
  version: 1,
  title: 'alpine-release',
  files: { paths: ['etc/alpine-release'], maxBytes: 4 * 1024 },
  detect(files, budget) {
    return { namespaces: factsOfFiles(files, budget, parseAlpineRelease) };
  },
};
