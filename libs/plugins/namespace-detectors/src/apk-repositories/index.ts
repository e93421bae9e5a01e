import type { Detector } from '@clarion/model';
import { factsOfFiles } from '../facts-of-files';
import { parseRepositories } from './parse';

/** Detects whether an Alpine image follows edge, or takes some packages from it. */
export const apkRepositories: Detector = {
  id: 'apk-repositories',
  kind: 'namespace',
  version: 1,
  title: 'apk repositories (Alpine edge)',
  files: { paths: ['etc/apk/repositories'], maxBytes: 1024 * 1024 },
  detect(files, budget) {
    return { namespaces: factsOfFiles(files, budget, parseRepositories) };
  },
};
