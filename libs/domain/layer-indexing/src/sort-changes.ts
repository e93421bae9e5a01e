import type { LayerStructure, WorkBudget } from '@clarion/model';
import { splitPath } from './split-path';

/** The changes at one path, in this order: a directory entry may replace a link before its contents are hidden. */
const changeKinds = ['obstacle', 'directory', 'whiteout', 'opaque', 'link', 'file'] as const;

export type ChangeKind = (typeof changeKinds)[number];

/** What a layer changes at one path. */
export interface LayerChange {
  readonly kind: ChangeKind;
  readonly path: string;
  /** The target of a link. */
  readonly target: string;
  /** The sort path. */
  readonly sortPath: string;
}

/** Comparisons that cost one step. */
const comparisonsOfStep = 2;
/** Characters whose comparison costs one step. */
const charactersOfStep = 64;

/**
 * The changes of a layer in the order of their sort paths, but for its files and directories, which are the most by far;
 * none when the budget is not sufficient.
 */
export function sortedChanges(structure: LayerStructure, budget: WorkBudget): readonly LayerChange[] {
  const changes: LayerChange[] = [];
  const { whiteouts, opaques, obstacles, symlinks } = structure;
  const hides = whiteouts.length + opaques.length > 0;
  if (hides && !budget.spend(Math.ceil(structure.directories.length / comparisonsOfStep))) return [];
  const directories = new Set(hides ? structure.directories : []);
  const add = (kind: ChangeKind, paths: readonly string[]): void => {
    for (const path of paths) changes.push({ kind, path, target: '', sortPath: sortPathOf(kind, path, directories) });
  };
  add('whiteout', whiteouts);
  add('opaque', opaques);
  add('obstacle', obstacles);
  for (const [path, target] of symlinks) changes.push({ kind: 'link', path, target, sortPath: path });
  const characters = changes.reduce((sum, { sortPath }) => sum + sortPath.length, 0);
  const rounds = Math.log2(1 + changes.length);
  const steps = rounds * (changes.length / comparisonsOfStep + characters / charactersOfStep);
  return budget.spend(Math.ceil(steps)) ? changes.sort(compareChanges) : [];
}

function sortPathOf(kind: ChangeKind, path: string, directories: ReadonlySet<string>): string {
  if (kind === 'opaque') return sortPathOfHiding(path, directories);
  return kind === 'whiteout' ? sortPathOfHiding(splitPath(path)[0], directories) : path;
}

// Compares without joined string keys, which would take more memory than all paths of a large layer.
function compareChanges(a: LayerChange, b: LayerChange): number {
  return compareWithChange(a, b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/** The order of changes of two kinds at two sort paths. */
export function compareWithChange(
  a: Pick<LayerChange, 'kind' | 'sortPath'>,
  b: Pick<LayerChange, 'kind' | 'sortPath'>,
): number {
  return compareSortPaths(a.sortPath, b.sortPath) || changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind);
}

/** A parent sorts before its children, and those before siblings with longer names. */
function compareSortPaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left === right) continue;
    return left === slash ? -1 : right === slash ? 1 : left - right;
  }
  return a.length - b.length;
}

const slash = 0x2f;

/**
 * What a layer hides is removed before its own entries are added, wherever the tar has it; but a directory entry on
 * the way there may mean that the layer refers to another directory than the one below.
 */
function sortPathOfHiding(directory: string, directories: ReadonlySet<string>): string {
  let sortPath = directory;
  while (sortPath !== '' && !directories.has(sortPath)) {
    [sortPath] = splitPath(sortPath);
  }
  return sortPath;
}
