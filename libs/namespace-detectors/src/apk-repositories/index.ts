import type { Detector } from '@clarion/model';
import { parseRepositories } from './parse';

/** Tells an Alpine that follows edge, and one that takes some packages from it. */
export const apkRepositories: Detector = {
  id: 'apk-repositories',
  kind: 'namespace',
  version: 1,
  title: 'apk repositories (Alpine edge)',
  wants: { paths: ['etc/apk/repositories'], maxBytes: 1024 * 1024 },
  detect(files) {
    return { namespaces: files.flatMap(parseRepositories) };
  },
};
