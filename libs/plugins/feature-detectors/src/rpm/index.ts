import type { Detector } from '@clarion/model';
import { configurationPaths, databaseFolders } from './configuration';

const names = ['Packages', 'Packages.db', 'rpmdb.sqlite', 'rpmdb.sqlite-wal', 'rpmdb.sqlite-journal'];

/** Packages of the Red Hat family, SUSE, Amazon, Photon and Azure Linux, for any database backend. */
export const rpm: Detector = {
  id: 'rpm',
  kind: 'feature',
  version: 4,
  title: 'rpm packages (SQLite, NDB and Berkeley DB databases, distroless manifest)',
  files: {
    paths: [
      ...databaseFolders.flatMap((folder) => names.map((name) => `${folder}/${name}`)),
      'var/lib/rpmmanifest/container-manifest-2',
      ...configurationPaths,
    ],
    maxBytes: 256 * 1024 * 1024,
  },
  async detect(files, budget) {
    // Loaded on first use: most runs never see an rpm database.
    const { parseRpmFiles } = await import('./parse');
    return parseRpmFiles(files, budget);
  },
};
