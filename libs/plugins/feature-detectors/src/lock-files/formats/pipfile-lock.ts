import { isObject } from '@clarion/model';
import type { LockFormat } from '../lock-format';

/** Locks of Pipenv (https://pipenv.pypa.io): `develop` is left out. */
export const pipfileLock: LockFormat = {
  type: 'pypi',
  names: ['Pipfile.lock'],
  read(file) {
    const lock = file.json();
    if (lock === undefined) return;
    const packages = lock['default'];
    if (!isObject(packages)) {
      file.reject('it has no list of packages');
      return;
    }
    for (const [name, entry] of Object.entries(packages)) {
      if (!isObject(entry)) {
        file.list(name, undefined);
        continue;
      }
      const { version } = entry;
      const exact = typeof version === 'string' ? /^={2,3}(.+)$/.exec(version)?.[1] : undefined;
      if (exact !== undefined) {
        if (!file.list(name, exact.trim())) return;
      } else if (entry['path'] === undefined && entry['editable'] !== true) file.listVague(name);
    }
  },
};
