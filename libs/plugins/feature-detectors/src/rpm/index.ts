import type { Detector } from '@clarion/model';

/** Where rpm keeps its database: the classic place, the one of SUSE and Fedora, and the one of ostree systems. */
const folders = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'];
const names = ['Packages', 'Packages.db', 'rpmdb.sqlite', 'rpmdb.sqlite-wal'];

/** Packages of the Red Hat family, SUSE, Amazon, Photon and Azure Linux, whatever the backend of the database. */
export const rpm: Detector = {
  id: 'rpm',
  kind: 'feature',
  version: 3,
  title: 'rpm packages (SQLite, NDB and Berkeley DB databases, distroless manifest)',
  wants: {
    paths: [
      ...folders.flatMap((folder) => names.map((name) => `${folder}/${name}`)),
      'var/lib/rpmmanifest/container-manifest-2',
    ],
    maxBytes: 256 * 1024 * 1024,
  },
  async detect(files, budget) {
    // Loaded on first use: most command lines never meet an rpm database.
    const { parseRpmFiles } = await import('./parse');
    return parseRpmFiles(files, budget);
  },
};
