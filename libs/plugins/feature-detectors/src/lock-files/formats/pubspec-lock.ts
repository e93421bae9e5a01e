import { blockEntries } from '../block-yaml';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';

/** Locks of Dart (https://dart.dev/tools/pub/glossary#lockfile): direct dependencies for development are left out. */
export const pubspecLock: LockFormat = {
  type: 'pub',
  names: ['pubspec.lock'],
  read(file) {
    const packages = new Map<string, Map<string, string>>();
    let isLock = false;
    for (const { path, value } of blockEntries(file.text(), file.budget)) {
      const [section, name, member] = path;
      if (section === 'packages') isLock = true;
      if (section !== 'packages' || name === undefined) continue;
      const members = packages.get(name) ?? new Map<string, string>();
      packages.set(name, members);
      if (member !== undefined && path.length === 3) members.set(member, value);
    }
    if (!isLock) file.reject('it has no list of packages');
    for (const [name, members] of packages) if (!listed(name, members, file)) return;
  },
};

function listed(name: string, members: ReadonlyMap<string, string>, file: LockFile): boolean {
  const source = members.get('source');
  // The packages of the SDK have the version 0.0.0.
  if (source === 'path' || source === 'sdk' || members.get('dependency') === 'direct dev') return true;
  return file.list(name, members.get('version'));
}
