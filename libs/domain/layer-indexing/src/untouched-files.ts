import type { WorkBudget } from '@clarion/model';

/**
 * The files of one layer below a directory of a view that nothing has been at one by one since: most files of an image.
 * Their real paths are those in the layer, and each has no other name.
 */
export interface UntouchedFiles {
  /** The number of the layer. */
  readonly layer: number;
  /** All files of the layer, ascending. */
  readonly paths: readonly string[];
  /** Those from here to before `to` are below the directory. */
  readonly from: number;
  readonly to: number;
  /** Names in the directory that are no longer among these, and the ranges of their files, in any order. */
  taken: Map<string, readonly Range[]> | undefined;
  /** The number of those that were not taken. */
  left: number;
}

export function untouchedFiles(files: Pick<UntouchedFiles, 'layer' | 'paths' | 'from' | 'to'>): UntouchedFiles {
  const { layer, paths, from, to } = files;
  return { layer, paths, from, to, taken: undefined, left: to - from };
}

/** Indices from the first to before the second. */
export type Range = readonly [from: number, to: number];

/** The first index from `from` to before `to` where the ascending `paths` are not less than `path`; `to` without one. */
export function lowerBound(paths: readonly string[], path: string, [from, to]: Range): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((paths[middle] ?? '') < path) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index after the last of the ascending `paths`, from the one at `from` on, that start like that one. */
export function endOfStart(paths: readonly string[], start: string, [from, to]: Range): number {
  let step = 1;
  while (from + step < to && paths[from + step]?.startsWith(start) === true) step *= 2;
  let low = from + Math.floor(step / 2) + 1;
  let high = Math.min(from + step, to);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (paths[middle]?.startsWith(start) === true) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is at a path among the ascending `paths`: a file, files below it, or nothing. */
export function rangesOf(
  paths: readonly string[],
  [from, to]: Range,
  path: string,
): { readonly file?: Range; readonly below?: Range } {
  const at = lowerBound(paths, path, [from, to]);
  const file = paths[at] === path ? ([at, at + 1] as const) : undefined;
  const start = `${path}/`;
  const first = paths[at]?.startsWith(start) === true ? at : lowerBound(paths, start, [at, to]);
  const isBelow = first < to && paths[first]?.startsWith(start) === true;
  return {
    ...(file === undefined ? {} : { file }),
    ...(isBelow ? { below: [first, endOfStart(paths, start, [first, to])] as const } : {}),
  };
}

/** The ranges that are left when those that were taken are left out, ascending. */
export function rangesLeft({ from, to, taken }: UntouchedFiles): readonly Range[] {
  if (taken === undefined) return [[from, to]];
  const left: Range[] = [];
  let at = from;
  for (const [start, end] of [...taken.values()].flat().sort(([a], [b]) => a - b)) {
    if (start > at) left.push([at, start]);
    at = end;
  }
  if (to > at) left.push([at, to]);
  return left;
}

/** Whether a path is among those that are left. */
export function isAmong(files: UntouchedFiles, path: string): boolean {
  const { paths, from, to, taken } = files;
  const at = lowerBound(paths, path, [from, to]);
  if (at === to || paths[at] !== path) return false;
  return taken === undefined || rangesLeft(files).some(([start, end]) => start <= at && at < end);
}

/** Comparisons that cost one step. */
const comparisonsOfStep = 2;

/** The paths ascending and each once; none when the budget is not sufficient. As layers are stored, they are so already. */
export function ascending(paths: readonly string[], budget: WorkBudget): readonly string[] {
  let at = 1;
  while (at < paths.length && (paths[at - 1] ?? '') < (paths[at] ?? '')) at += 1;
  if (at >= paths.length) return paths;
  const steps = (paths.length * Math.log2(paths.length)) / comparisonsOfStep;
  return budget.spend(Math.ceil(steps)) ? [...new Set(paths)].sort() : [];
}
