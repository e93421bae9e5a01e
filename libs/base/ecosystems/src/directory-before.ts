/** The part of a path before what a pattern matches: the directory that a package manager works on, `/` for the root. */
export function directoryBefore(path: string, pattern: RegExp): string {
  const at = path.search(pattern);
  if (at < 0) return path;
  return path.slice(0, at) || '/';
}
