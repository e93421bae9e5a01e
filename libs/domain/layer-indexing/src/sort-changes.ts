import type { LayerStructure, WorkBudget } from '@clarion/model';
import { splitPath } from './split-path';

/** The changes at one path, in this order: a directory entry may replace a link before its contents are hidden. */
const changeKinds = ['obstacle', 'directory', 'whiteout', 'opaque', 'link', 'file'] as const;

/** What a layer changes at one path. */
export interface Change {
  readonly kind: (typeof changeKinds)[number];
  readonly path: string;
  /** The target of a link. */
  readonly target: string;
  /** The sort path. */
  readonly place: string;
}

/** Comparisons that cost one step. */
const comparisonsOfStep = 2;
/** Characters whose comparison costs one step. */
const charactersOfStep = 64;

/** The changes of a layer in the order of their places; none when the budget is not sufficient. */
export function sortedChanges(structure: LayerStructure, budget: WorkBudget): readonly Change[] {
  const changes: Change[] = [];
  const directories = new Set(structure.directories);
  const add = (kind: Change['kind'], paths: readonly string[]): void => {
    for (const path of paths) changes.push({ kind, path, target: '', place: placeOf(kind, path, directories) });
  };
  add('whiteout', structure.whiteouts);
  add('opaque', structure.opaques);
  add('obstacle', structure.obstacles);
  add('directory', structure.directories);
  for (const [path, target] of structure.symlinks) changes.push({ kind: 'link', path, target, place: path });
  add('file', structure.files);
  const characters = changes.reduce((sum, { place }) => sum + place.length, 0);
  const rounds = Math.log2(1 + changes.length);
  const steps = rounds * (changes.length / comparisonsOfStep + characters / charactersOfStep);
  return budget.spend(Math.ceil(steps)) ? changes.sort(compareChanges) : [];
}

function placeOf(kind: Change['kind'], path: string, directories: ReadonlySet<string>): string {
  if (kind === 'opaque') return placeOfHiding(path, directories);
  return kind === 'whiteout' ? placeOfHiding(splitPath(path)[0], directories) : path;
}

// Compares without joined string keys, which would take more memory than all paths of a large layer.
function compareChanges(a: Change, b: Change): number {
  const places = comparePlaces(a.place, b.place);
  if (places !== 0) return places;
  const kinds = changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind);
  return kinds !== 0 ? kinds : a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** A parent sorts before its children, and those before siblings with longer names. */
function comparePlaces(a: string, b: string): number {
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
function placeOfHiding(directory: string, directories: ReadonlySet<string>): string {
  let place = directory;
  while (place !== '' && !directories.has(place)) {
    [place] = splitPath(place);
  }
  return place;
}
