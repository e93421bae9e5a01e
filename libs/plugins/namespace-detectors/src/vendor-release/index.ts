import { distributions } from '@clarion/distributions';
import type { Detector } from '@clarion/model';
import { factsOfFiles } from '../facts-of-files';
import { parseVendorRelease } from './parse';

const names = [...new Set(distributions.flatMap(({ releaseFile }) => releaseFile?.name ?? []))];

/** The one-line files of rpm distributions: older than os-release, and correct where a derivative copied os-release. */
export const vendorRelease: Detector = {
  id: 'vendor-release',
  kind: 'namespace',
  version: 1,
  title: 'Release files of rpm distributions (redhat-release, oracle-release, SuSE-release, …)',
  files: {
    // Files in etc are often links to those in usr/lib.
    paths: names.flatMap((name) => [`etc/${name}`, `usr/lib/${name}`]),
    maxBytes: 64 * 1024,
  },
  detect(files, budget) {
    return { namespaces: factsOfFiles(files, budget, parseVendorRelease) };
  },
};
