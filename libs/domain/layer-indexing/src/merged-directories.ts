import { resolve } from './resolve-path';
import type { MergedView } from './view-tree';

/** Directories that distributions have made one: their packages may still list files by names that are now links. */
const families: readonly (readonly string[])[] = [
  ['usr/bin', 'bin', 'usr/sbin', 'sbin'],
  ['usr/lib', 'lib', 'usr/lib64', 'lib64'],
  ['usr/lib32', 'lib32'],
  ['usr/libx32', 'libx32'],
];

const familyOf = new Map(families.flatMap((family) => family.map((directory) => [directory, family] as const)));

const start = /^(?:usr\/)?(?:s?bin|lib(?:32|64|x32)?)(?=\/)/;

/** The path, and the names that it has where `isSame` says of its directory and another one that they are merged. */
export function namesInMerged(path: string, isSame: (directory: string, other: string) => boolean): readonly string[] {
  const [directory = ''] = start.exec(path) ?? [];
  const others = (familyOf.get(directory) ?? []).filter((other) => other !== directory && isSame(directory, other));
  return [path, ...others.map((other) => other + path.slice(directory.length))];
}

/**
 * Whether two of these directories are one in an image: by a link, or, with and without `usr`, where the image does not
 * have the other one.
 */
export function mergedIn(view: MergedView): (directory: string, other: string) => boolean {
  const answers = new Map<string, boolean>();
  const isSame = (directory: string, other: string): boolean => {
    const { end, path } = resolve(view, other);
    if (path === resolve(view, directory).path) return true;
    return end === 'absent' && path === other && (`usr/${directory}` === other || `usr/${other}` === directory);
  };
  return (directory, other) => {
    const key = `${directory} ${other}`;
    const answer = answers.get(key) ?? isSame(directory, other);
    answers.set(key, answer);
    return answer;
  };
}
