import type { Ecosystem } from './ecosystem';

/** Whether the file at `path` is a lock file or manifest of the ecosystem, by its name and the directory around it. */
export function isLockFile({ lockFiles = [] }: Pick<Ecosystem, 'lockFiles'>, path: string): boolean {
  return lockFiles.some((glob) => endsLike(glob, path));
}

/** Whether a path is one of a glob of a row, which begins with `**`. */
export function endsLike(glob: string, path: string): boolean {
  return ending(glob).test(path);
}

const endings = new Map<string, RegExp>();

/** What paths that a glob of a row matches end with. */
function ending(glob: string): RegExp {
  const known = endings.get(glob);
  if (known !== undefined) return known;
  const parts = glob.slice('**/'.length).split('*');
  const made = new RegExp(`(?:^|/)${parts.map((part) => part.replace(/[.+]/g, '\\$&')).join('[^/]*')}$`);
  endings.set(glob, made);
  return made;
}
