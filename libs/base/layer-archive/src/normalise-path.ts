import { defaultLimits } from './limits';

/** Why a name is not a path of the image. */
export type PathFault = 'escapes' | 'nul' | 'long';

/** A component that is empty, `.` or `..`: only then must a name be split. */
const unusual = /(?:^|\/)\.{0,2}(?:\/|$)/;

/**
 * The normalised form of a name in an archive: no leading or trailing `/`, no `.`, no empty component, `..` resolved
 * within the root; '' is the root. Undefined when it leaves the root, has a NUL, or is longer than `maxBytes` (UTF-8).
 */
export function normalisePath(name: string, maxBytes = defaultLimits.pathBytes): string | undefined {
  if (name.length * 3 > maxBytes && Buffer.byteLength(name) > maxBytes) return undefined;
  if (name.includes('\0')) return undefined;
  return unusual.test(name) ? resolveDots(name) : name;
}

/** Why `normalisePath` rejected `name`. */
export function pathFault(name: string, maxBytes: number): PathFault {
  if (Buffer.byteLength(name) > maxBytes) return 'long';
  return name.includes('\0') ? 'nul' : 'escapes';
}

function resolveDots(name: string): string | undefined {
  const kept: string[] = [];
  for (const component of name.split('/')) {
    if (component === '' || component === '.') continue;
    if (component !== '..') kept.push(component);
    else if (kept.pop() === undefined) return undefined;
  }
  return kept.join('/');
}
