import type { Detector } from '@clarion/model';
import { factsOfFiles } from '../facts-of-files';
import { parseOsRelease } from './parse';

/** The file that nearly every distribution since 2012 has. */
export const osRelease: Detector = {
  id: 'os-release',
  kind: 'namespace',
  version: 1,
  title: 'os-release of all distributions',
  files: { paths: ['etc/os-release', 'usr/lib/os-release'], maxBytes: 64 * 1024 },
  detect(files, budget) {
    const results = factsOfFiles(files, budget, (file) => [parseOsRelease(file)]);
    return {
      namespaces: results.flatMap((result) => result.namespaces ?? []),
      problems: results.flatMap((result) => result.problems ?? []),
    };
  },
};
