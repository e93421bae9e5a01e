import { isObject } from '@clarion/model';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';

/** Locks of Conan (https://docs.conan.io), versions 1 and 2: what only builds need is left out. */
export const conanLock: LockFormat = {
  type: 'conan',
  names: ['conan.lock'],
  read(file) {
    const lock = file.json();
    if (lock === undefined) return;
    const { requires, graph_lock: graph } = lock;
    const nodes = isObject(graph) ? graph['nodes'] : undefined;
    if (Array.isArray(requires)) {
      for (const reference of requires as readonly unknown[]) if (!listed(reference, file)) return;
    } else if (isObject(nodes)) {
      for (const node of Object.values(nodes)) {
        // The project itself has no version.
        const { ref, context } = isObject(node) ? node : {};
        const isPackage = typeof ref === 'string' && ref.includes('/') && context !== 'build';
        if (isPackage && !listed(ref, file)) return;
      }
    } else file.reject('it has no list of packages');
  },
};

/** `name/1.0@user/channel#revision%time`. */
function listed(reference: unknown, file: LockFile): boolean {
  const [, name, version] = typeof reference === 'string' ? (/^([^/]+)\/([^@#%]+)/.exec(reference) ?? []) : [];
  return file.list(name, version);
}
