import type { Detector } from '@clarion/model';
import { parseAptSources } from './parse';

/** Detects Debian unstable and testing by where packages come from; release files do not distinguish them. */
export const aptSources: Detector = {
  id: 'apt-sources',
  kind: 'namespace',
  version: 1,
  title: 'apt sources (Debian unstable and testing)',
  files: {
    // Other files in sources.list.d add repositories to the distribution's own.
    paths: ['etc/apt/sources.list', 'etc/apt/sources.list.d/debian.sources', 'etc/apt/sources.list.d/debian.list'],
    maxBytes: 1024 * 1024,
  },
  detect(files, budget) {
    return { namespaces: parseAptSources(files, budget) };
  },
};
