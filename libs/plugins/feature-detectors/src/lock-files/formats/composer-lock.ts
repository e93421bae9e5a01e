import { isObject } from '@clarion/model';
import type { LockFormat } from '../lock-format';

/** Locks of Composer (https://getcomposer.org): `packages-dev` is left out. */
export const composerLock: LockFormat = {
  type: 'composer',
  names: ['composer.lock'],
  notBelow: ['vendor'],
  read(file) {
    const lock = file.json();
    if (lock === undefined) return;
    const { packages } = lock;
    if (!Array.isArray(packages)) {
      file.reject('it has no list of packages');
      return;
    }
    for (const one of packages as readonly unknown[]) {
      const entry = isObject(one) ? one : {};
      const { name, version, dist } = entry;
      const isLocal = isObject(dist) && dist['type'] === 'path';
      if (!isLocal && !file.list(name, version)) return;
    }
  },
};
