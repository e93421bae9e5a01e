import { lstat } from 'node:fs/promises';
import path from 'node:path';

/** What names the distribution of a system, and the databases of its packages. */
const signs = [
  ...['etc/os-release', 'usr/lib/os-release'],
  ...['var/lib/dpkg/status', 'var/lib/dpkg/status.d', 'lib/apk/db/installed', 'usr/lib/apk/db/installed'],
  ...['var/lib/rpm', 'usr/lib/sysimage/rpm', 'var/lib/rpmmanifest', 'var/lib/pacman/local'],
];

/** Whether a directory is the root of a system, and not a project. */
export async function isRootFilesystem(directory: string): Promise<boolean> {
  for (const sign of signs) {
    const found = await lstat(path.join(directory, sign)).catch(() => undefined);
    if (found !== undefined) return true;
  }
  return false;
}
