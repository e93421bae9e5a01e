import type { FileFilterMatcher } from '@clarion/layer-archive';
import { splitPath } from './split-path';

/**
 * Whether an entry at `path` may well determine what is at a filtered path: it is on the way to one, or would be if a
 * directory above it were reached under another name, or is in the root, where most directory links are.
 */
export function leadsSomewhere(path: string, matcher: FileFilterMatcher): boolean {
  return !path.includes('/') || matcher.directories.has(path) || matcher.matchMoved(path).length > 0;
}

/** The names of all directories on the way to filtered files: a link or file of such a name may replace one. */
export function directoryNames(matcher: FileFilterMatcher): ReadonlySet<string> {
  return new Set([...matcher.directories].map((directory) => splitPath(directory)[1]));
}

/**
 * A link may lead to a file that no layer recorded. If that were a file that the detectors get (also under a moved
 * directory), its layer would have recorded it, so it really does not exist.
 */
export function mayExist(realPath: string, wantedBy: readonly string[], matcher: FileFilterMatcher): boolean {
  // A link to the null device is the usual way to mask a file.
  if (realPath === 'dev/null') {
    return false;
  }
  const recorded = matcher.matchMoved(realPath);
  return wantedBy.some((detector) => !recorded.includes(detector));
}
