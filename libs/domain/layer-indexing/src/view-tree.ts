import type { WorkBudget } from '@clarion/model';
import { Journal } from './journal';
import { rangesLeft, rangesOf, type UntouchedFiles, untouchedFiles } from './untouched-files';

/**
 * The merged file tree of an image, reduced to filtered files and the paths to them. A directory that no layer's
 * structure names is simply absent: for all queries here, an absent directory and an empty one are the same.
 */
export interface DirectoryNode {
  readonly kind: 'directory';
  /** Its real path; '' is the root. */
  readonly path: string;
  /** What was put or looked up in it; others ask `childOf` and `childrenOf`. */
  readonly children: Map<string, ViewNode>;
  /** What else is below it. */
  untouched: UntouchedFiles | undefined;
}

/** A name of a file: `layer` (its number) and `path` locate its content, not its current name. */
export interface FileNode {
  readonly kind: 'file';
  readonly layer: number;
  readonly path: string;
  /** The name itself, if it is a hard link of the layer that has the content. */
  readonly linkPath?: string;
  /** It may be a file of a lower layer that a detector was given for its content, or no longer. */
  readonly isLost?: boolean;
}

export interface LinkNode {
  readonly kind: 'link';
  readonly layer: number;
  readonly path: string;
  readonly target: string;
}

export type ViewNode = DirectoryNode | FileNode | LinkNode;

/** A real or absent directory of the tree while a path is walked; undefined is the root. */
export interface WalkedDirectory {
  readonly name: string;
  readonly node: DirectoryNode;
  readonly absent: boolean;
  readonly above: WalkedDirectory | undefined;
  readonly depth: number;
}

export interface FollowedLink {
  /** The directory that it leads to, and all links on the way, itself first. */
  readonly end?: { readonly directory: WalkedDirectory | undefined; readonly links: readonly LinkNode[] };
  /** It leads nowhere when at least so many links were followed before it; `link` is the one too many. */
  readonly lost?: { readonly from: number; readonly link: LinkNode };
}

/** The tree, and the budget of work on it. */
export interface MergedView {
  readonly root: DirectoryNode;
  /** Of the image that is being composed. */
  budget: WorkBudget;
  /** Of all changes of the tree, and of what is kept about it. */
  readonly journal: Journal;
  /** The targets of links that were followed since a link or directory was added or removed. */
  readonly followed: Map<LinkNode, FollowedLink>;
  /** How often a directory was removed. */
  removals: number;
  /** What changed since this list was emptied, in order. */
  readonly changes: (ViewChange | RemovedFiles)[];
  /** The files that were looked up among untouched ones since this list was emptied. */
  readonly touched: FileNode[];
}

/** Untouched files that were removed from a directory. */
export interface RemovedFiles {
  readonly directory: DirectoryNode;
  readonly untouched: UntouchedFiles;
}

/** One name of the tree that changed. A directory is empty when it is added, and is removed with what is in it. */
export interface ViewChange {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly before: ViewNode | undefined;
  readonly after: ViewNode | undefined;
}

/** The cost of a new name in addition to the step to it: it takes memory. */
const nodeSteps = 20;

export function emptyDirectory(path: string): DirectoryNode {
  return { kind: 'directory', path, children: new Map(), untouched: undefined };
}

/** What has a name in a directory. */
export function childOf(view: MergedView, directory: DirectoryNode, name: string): ViewNode | undefined {
  const child = directory.children.get(name);
  const { untouched } = directory;
  return child !== undefined || untouched === undefined ? child : takeChild(view, directory, { name, untouched });
}

/** Takes a name out of untouched files. */
function takeChild(
  view: MergedView,
  directory: DirectoryNode,
  { name, untouched }: { readonly name: string; readonly untouched: UntouchedFiles },
): ViewNode | undefined {
  const { layer, paths, from, to } = untouched;
  if (untouched.taken?.has(name) === true) return undefined;
  const path = pathIn(directory, name);
  const { file, below } = rangesOf(paths, [from, to], path);
  if (file === undefined && below === undefined) return undefined;
  view.budget.spend(nodeSteps);
  const ranges = [...(file === undefined ? [] : [file]), ...(below === undefined ? [] : [below])];
  const { journal } = view;
  if (untouched.taken === undefined) journal.assign(untouched, 'taken', new Map([[name, ranges]]));
  else journal.set(untouched.taken, name, ranges);
  journal.assign(
    untouched,
    'left',
    ranges.reduce((left, [start, end]) => left - (end - start), untouched.left),
  );
  if (untouched.left === 0) journal.assign(directory, 'untouched', undefined);
  // A layer has no file above another one; if it says so, the directory comes last.
  let node: FileNode | DirectoryNode;
  if (below === undefined) view.touched.push((node = { kind: 'file', layer, path }));
  else node = directoryOfFiles(path, untouchedFiles({ layer, paths, from: below[0], to: below[1] }));
  journal.set(directory.children, name, node);
  return node;
}

function directoryOfFiles(path: string, untouched: UntouchedFiles): DirectoryNode {
  return { kind: 'directory', path, children: new Map(), untouched };
}

/** Everything in a directory. Ends early when the budget is used up. */
export function childrenOf(view: MergedView, directory: DirectoryNode): ReadonlyMap<string, ViewNode> {
  const { untouched, children, path } = directory;
  if (untouched === undefined) return children;
  const start = path === '' ? 0 : path.length + 1;
  for (const [from, to] of rangesLeft(untouched)) {
    for (let at = from; at < to;) {
      if (!view.budget.spend(1)) return children;
      const [name = ''] = (untouched.paths[at] ?? '').slice(start).split('/', 1);
      const child = childOf(view, directory, name);
      // What is below a name is contiguous, but for a file of that name.
      const below = child?.kind === 'directory' ? untouched.taken?.get(name)?.at(-1) : undefined;
      at = below !== undefined && below[0] <= at ? below[1] : at + 1;
    }
  }
  view.journal.assign(directory, 'untouched', undefined);
  return children;
}

export function isEmptyDirectory({ children, untouched }: DirectoryNode): boolean {
  return children.size === 0 && untouched === undefined;
}

/** All files of a layer below a directory that the view does not have, at their own paths. */
export function addUntouched(
  view: MergedView,
  directory: DirectoryNode,
  [name, files]: readonly [string, Pick<UntouchedFiles, 'layer' | 'paths' | 'from' | 'to'>],
): void {
  setChild(view, directory, [name, directoryOfFiles(pathIn(directory, name), untouchedFiles(files))]);
}

/** All untouched files of the view. */
export function untouchedIn({ root }: MergedView): readonly UntouchedFiles[] {
  const found: UntouchedFiles[] = [];
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.untouched !== undefined) found.push(next.untouched);
    for (const child of next.children.values()) if (child.kind === 'directory') pending.push(child);
  }
  return found;
}

/** The real path of a name in a directory. */
export function pathIn({ path }: DirectoryNode, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/** The real path of a node. Most have it already: joining and hashing the paths of all files takes longer than comparing. */
export function pathOfNode(directory: DirectoryNode, name: string, node: FileNode | LinkNode): string {
  const own = ownName(node);
  const start = directory.path;
  const isOwn = own.length === start.length + name.length + (start === '' ? 0 : 1);
  return isOwn && own.startsWith(start) && own.endsWith(name) ? own : pathIn(directory, name);
}

export function ownName(node: FileNode | LinkNode): string {
  return node.kind === 'file' ? (node.linkPath ?? node.path) : node.path;
}

export function emptyView(budget: WorkBudget): MergedView {
  const parts = { followed: new Map(), removals: 0, changes: [], touched: [] };
  return { root: emptyDirectory(''), budget, journal: new Journal(), ...parts };
}

function isSame(a: ViewNode, b: ViewNode): boolean {
  if (a.kind === 'directory' || b.kind === 'directory') return a === b;
  const [ofA, ofB] = [a, b].map((node) => (node.kind === 'link' ? node.target : node.linkPath));
  return a.kind === b.kind && a.layer === b.layer && a.path === b.path && ofA === ofB;
}

/**
 * The directory that a link leads to changes when links are added, or links or directories are removed; files do not
 * affect it.
 */
function forgetFollowed({ followed, journal }: MergedView): void {
  if (followed.size > 0) journal.clear(followed);
}

export function setChild(view: MergedView, directory: DirectoryNode, [name, node]: readonly [string, ViewNode]): void {
  const { children } = directory;
  const before = childOf(view, directory, name);
  if (before !== undefined && isSame(before, node)) return;
  if (before === undefined) view.budget.spend(nodeSteps);
  view.journal.set(children, name, node);
  if (before?.kind === 'directory') countRemoval(view);
  view.changes.push({ directory, name, before, after: node });
  if (node.kind === 'link' || (before !== undefined && before.kind !== 'file')) forgetFollowed(view);
}

function countRemoval(view: MergedView): void {
  view.journal.assign(view, 'removals', view.removals + 1);
}

export function removeChild(view: MergedView, directory: DirectoryNode, name: string): void {
  const before = childOf(view, directory, name);
  view.journal.delete(directory.children, name);
  if (before?.kind === 'directory') countRemoval(view);
  view.changes.push({ directory, name, before, after: undefined });
  if (before !== undefined && before.kind !== 'file') forgetFollowed(view);
}

export function removeLower(view: MergedView, directory: DirectoryNode, layer: number): void {
  const pending = [directory];
  const seen: DirectoryNode[] = [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    seen.push(next);
    for (const child of next.children.values()) {
      if (!view.budget.spend(1)) return;
      if (child.kind === 'directory') {
        pending.push(child);
      }
    }
  }
  for (const one of seen.reverse()) {
    if (one.untouched !== undefined && one.untouched.layer < layer) {
      view.changes.push({ directory: one, untouched: one.untouched });
      view.journal.assign(one, 'untouched', undefined);
    }
    for (const [name, child] of one.children) {
      const isGone = child.kind === 'directory' ? isEmptyDirectory(child) : child.layer < layer;
      if (isGone) removeChild(view, one, name);
    }
  }
}

/** Whether all of `node` comes from below `layer`; otherwise the parts that do not are kept and the rest is removed. */
export function isLower(view: MergedView, node: ViewNode, layer: number): boolean {
  if (node.kind !== 'directory') {
    return node.layer < layer;
  }
  removeLower(view, node, layer);
  return isEmptyDirectory(node);
}
