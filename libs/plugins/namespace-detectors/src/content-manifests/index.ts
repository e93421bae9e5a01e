import type { Detector } from '@clarion/model';
import { parseManifests } from './parse';

/** The repositories that the packages of a Red Hat layer were built from. */
export const contentManifests: Detector = {
  id: 'content-manifests',
  kind: 'namespace',
  version: 1,
  title: 'Red Hat content manifests (content sets of a layer)',
  files: {
    paths: [
      'root/buildinfo/content_manifests/*.json',
      'usr/share/buildinfo/content_manifests/*.json',
      'usr/share/buildinfo/*.json',
    ],
    maxBytes: 4 * 1024 * 1024,
  },
  detect: parseManifests,
};
