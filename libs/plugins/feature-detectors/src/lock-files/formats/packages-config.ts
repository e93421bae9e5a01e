import type { LockFormat } from '../lock-format';
import { recordsOf } from '../lock-xml';

/** Packages of older projects of NuGet (https://learn.microsoft.com/nuget/reference/packages-config): always exact versions. */
export const packagesConfig: LockFormat = {
  type: 'nuget',
  names: ['packages.config'],
  async read(file) {
    const isRecord = (name: string, parent: string): boolean => parent === 'packages' && name === 'package';
    for (const { attributes } of (await recordsOf(file, { root: 'packages', isRecord })) ?? []) {
      const { id, version, developmentDependency } = attributes;
      if (developmentDependency?.toLowerCase() !== 'true' && !file.list(id, version)) return;
    }
  },
};
