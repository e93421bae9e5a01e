import { type Detector, filesWithin } from '@clarion/model';
import { combine } from '../parsed';
import { parseInstalled } from './parse';

/** Packages of Alpine, Wolfi and Chainguard. */
export const apk: Detector = {
  id: 'apk',
  kind: 'feature',
  version: 4,
  title: 'Alpine packages (apk database)',
  files: {
    paths: ['lib/apk/db/installed', 'usr/lib/apk/db/installed'],
    maxBytes: 64 * 1024 * 1024,
  },
  detect(files, budget) {
    return combine(filesWithin(files, budget), (file) => parseInstalled(file, budget));
  },
};
