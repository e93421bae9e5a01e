import type { LayerStructure } from '@clarion/model';
import { DirectoryCursor } from './directory-cursor';
import { maxDepth } from './layer-links';
import { type ChangeKind, compareWithChange, type LayerChange, sortedChanges } from './sort-changes';
import { splitPath } from './split-path';
import { endOfStart, type Range, rangesOf } from './untouched-files';
import { addUntouched, childOf, type DirectoryNode, type MergedView } from './view-tree';

/** A layer, as it is applied. */
export interface AppliedStructure {
  readonly layer: number;
  readonly structure: LayerStructure;
  /** Its files and directories, ascending; to apply it once more, the same arrays are passed. */
  readonly files: readonly string[];
  readonly directories: readonly string[];
}

type ApplyChange = (parent: DirectoryNode, change: LayerChange) => void;

/** Files and directories of a layer that have a name in one directory, or are below it. */
interface NamedChanges {
  readonly name: string;
  readonly path: string;
  isFile: boolean;
  isDirectory: boolean;
  files: Range;
  directories: Range;
}

const empty: Range = [0, 0];

/** The cost of a binary search. */
const stepsOfSearch = 5;

/**
 * Passes the changes of a layer to `apply` in the order of their sort paths, each with the directory that it is in.
 * Files below a directory that the view does not have are added together: nothing in the view can matter to them.
 * Ends early when the budget is used up.
 */
export function applyChanges(view: MergedView, applied: AppliedStructure, apply: ApplyChange): void {
  new LayerChanges(view, applied, apply).run();
}

class LayerChanges {
  private readonly view: MergedView;
  private readonly applied: AppliedStructure;
  private readonly apply: ApplyChange;
  private readonly cursor: DirectoryCursor;
  /** All changes but files and directories, and the first that was not applied. */
  private readonly others: readonly LayerChange[];
  private next = 0;

  constructor(view: MergedView, applied: AppliedStructure, apply: ApplyChange) {
    this.view = view;
    this.applied = applied;
    this.apply = apply;
    this.cursor = new DirectoryCursor(view);
    this.others = sortedChanges(applied.structure, view.budget);
  }

  run(): void {
    const { files, directories } = this.applied;
    this.visit('', [0, files.length], [0, directories.length]);
    while (this.next < this.others.length && this.view.budget.spend(0)) this.applyNext();
  }

  private visit(directory: string, files: Range, directories: Range): void {
    const only = this.onlyFileIn(directory, files, directories);
    if (only !== undefined) {
      this.change('file', only);
      return;
    }
    for (const one of this.namedIn(directory, files, directories)) {
      const { path, isFile, isDirectory } = one;
      if (isDirectory) this.change('directory', path);
      if (isFile) this.change('file', path);
      this.applyBefore({ kind: 'file', sortPath: path });
      if (!this.view.budget.spend(1)) return;
      const hasFiles = one.files[0] < one.files[1];
      if (!hasFiles && one.directories[0] === one.directories[1]) continue;
      if (hasFiles ? this.addFiles(directory, one) : this.hasNothing(path)) continue;
      this.visit(path, one.files, one.directories);
    }
  }

  /** The file of a directory that has nothing else: most packages are such directories. */
  private onlyFileIn(directory: string, files: Range, directories: Range): string | undefined {
    const isAlone = files[1] - files[0] === 1 && directories[0] === directories[1] && directory !== '';
    const path = isAlone ? this.applied.files[files[0]] : undefined;
    return path?.includes('/', directory.length + 1) === true ? undefined : path;
  }

  /** Whether the view has nothing below a path, and the layer adds nothing there. */
  private hasNothing(path: string): boolean {
    return this.others[this.next]?.sortPath.startsWith(`${path}/`) !== true && this.cursor.at(path) === undefined;
  }

  /** Adds files together, if the view has nothing where they are to be. */
  private addFiles(directory: string, { name, path, files: [from, to] }: NamedChanges): boolean {
    const { view, applied } = this;
    const { layer, files } = applied;
    const parent = this.cursor.at(directory, 'create');
    // Behind a link their real paths are others.
    if (parent?.path !== directory) return false;
    const known = childOf(view, parent, name);
    if (known !== undefined) return known.kind === 'directory' && isSame(known, { layer, files, from, to });
    for (let at = from; at < to; at += 1) if ((files[at]?.length ?? 0) > maxDepth) return false;
    if (!this.isIndependent(path, [from, to])) return false;
    addUntouched(view, parent, [name, { layer, paths: files, from, to }]);
    return true;
  }

  /**
   * Whether files below a path may be added before the other changes there. What these hide or replace is not of their own
   * layer, unless one of them has the path of a file, or files or changes are below a link of the layer.
   */
  private isIndependent(path: string, range: Range): boolean {
    const start = `${path}/`;
    let link: string | undefined;
    for (let at = this.next; at < this.others.length; at += 1) {
      const other = this.others[at];
      if (other?.sortPath.startsWith(start) !== true) return true;
      if (!this.view.budget.spend(stepsOfSearch)) return false;
      if (link !== undefined && other.path.startsWith(`${link}/`)) return false;
      if (other.kind !== 'link' && other.kind !== 'obstacle') continue;
      const { file, below } = rangesOf(this.applied.files, range, other.path);
      if (file !== undefined || below !== undefined) return false;
      if (other.kind === 'link') link = other.path;
    }
    return true;
  }

  /** What has which name in a directory, in the order of the names. */
  private namedIn(directory: string, files: Range, directories: Range): readonly NamedChanges[] {
    const named = new Map<string, NamedChanges>();
    const start = directory === '' ? 0 : directory.length + 1;
    const collect = (paths: readonly string[], [from, to]: Range, part: 'files' | 'directories'): void => {
      for (let at = from; at < to;) {
        if (!this.view.budget.spend(1)) return;
        const path = paths[at] ?? '';
        const slash = path.indexOf('/', start);
        const name = slash < 0 ? path.slice(start) : path.slice(start, slash);
        let one = named.get(name);
        if (one === undefined) {
          const own = slash < 0 ? path : path.slice(0, slash);
          one = { name, path: own, isFile: false, isDirectory: false, files: empty, directories: empty };
          named.set(name, one);
        }
        if (slash >= 0) {
          const end = endOfStart(paths, path.slice(0, slash + 1), [at, to]);
          one[part] = [at, end];
          at = end;
          continue;
        }
        one[part === 'files' ? 'isFile' : 'isDirectory'] = true;
        at += 1;
      }
    };
    collect(this.applied.files, files, 'files');
    collect(this.applied.directories, directories, 'directories');
    return [...named.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private change(kind: ChangeKind, path: string): void {
    const change = { kind, path, target: '', sortPath: path };
    this.applyBefore(change);
    if (this.view.budget.spend(1)) this.applyOne(change);
  }

  /** Applies the other changes that come before this one. */
  private applyBefore(change: Pick<LayerChange, 'kind' | 'sortPath'>): void {
    for (let other = this.others[this.next]; other !== undefined; other = this.others[this.next]) {
      if (compareWithChange(other, change) > 0 || !this.view.budget.spend(0)) return;
      this.applyNext();
    }
  }

  private applyNext(): void {
    const change = this.others[this.next];
    this.next += 1;
    if (change !== undefined && this.view.budget.spend(1)) this.applyOne(change);
  }

  private applyOne(change: LayerChange): void {
    const { kind, path } = change;
    const directory = kind === 'opaque' ? path : splitPath(path)[0];
    const creates = kind === 'file' || kind === 'link';
    // Where it does not exist, nothing in it can be removed.
    const parent = this.cursor.at(directory, creates ? 'create' : undefined);
    if (parent !== undefined) this.apply(parent, change);
  }
}

function isSame(
  { children, untouched }: DirectoryNode,
  files: { readonly layer: number; readonly files: readonly string[]; readonly from: number; readonly to: number },
): boolean {
  if (children.size > 0 || untouched === undefined || untouched.taken !== undefined) return false;
  const { layer, paths, from, to } = untouched;
  return layer === files.layer && paths === files.files && from === files.from && to === files.to;
}
