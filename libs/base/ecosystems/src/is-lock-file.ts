import type { Ecosystem } from './ecosystem';

/** Whether the file at `path` is a lock file or manifest of the ecosystem, by its name. */
export function isLockFile({ lockFiles = [] }: Pick<Ecosystem, 'lockFiles'>, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return lockFiles.includes(`**/${name}`);
}
