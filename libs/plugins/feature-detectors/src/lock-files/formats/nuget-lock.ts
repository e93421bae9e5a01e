import { isObject } from '@clarion/model';
import type { LockFormat } from '../lock-format';

/** Locks of NuGet (https://learn.microsoft.com/nuget/consume-packages/package-references-in-project-files). */
export const nugetLock: LockFormat = {
  type: 'nuget',
  names: ['packages.lock.json'],
  read(file) {
    const lock = file.json();
    if (lock === undefined) return;
    const { dependencies } = lock;
    if (!isObject(dependencies)) {
      file.reject('it has no list of packages');
      return;
    }
    for (const ofFramework of Object.values(dependencies)) {
      for (const [name, entry] of Object.entries(isObject(ofFramework) ? ofFramework : {})) {
        const { type, resolved } = isObject(entry) ? entry : {};
        if (type !== 'Project' && !file.list(name, resolved)) return;
      }
    }
  },
};
