import type { WorkBudget } from '@clarion/model';

/**
 * The merged file tree of an image, reduced to filtered files and the paths to them. A directory that no layer's
 * structure names is simply absent: for all queries here, an absent directory and an empty one are the same.
 */
export interface DirectoryNode {
  readonly kind: 'directory';
  /** Its real path; '' is the root. */
  readonly path: string;
  readonly children: Map<string, ViewNode>;
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
  end?: { readonly directory: WalkedDirectory | undefined; readonly links: readonly LinkNode[] };
  /** It leads nowhere when at least so many links were followed before it; `link` is the one too many. */
  lost?: { readonly from: number; readonly link: LinkNode };
}

/** The tree, and the budget of work on it. */
export interface MergedView {
  readonly root: DirectoryNode;
  readonly budget: WorkBudget;
  /** The targets of links that were followed since a link or directory was added or removed. */
  readonly followed: Map<LinkNode, FollowedLink>;
  /** Last components of the paths of files and links that layers had so far: a directory replaces nothing else. */
  readonly names: Set<string>;
  /** How often a directory was removed. */
  removals: number;
  /** What changed since this list was emptied, in order. */
  readonly changes: ViewChange[];
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
  return { kind: 'directory', path, children: new Map() };
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
  return { root: emptyDirectory(''), budget, followed: new Map(), names: new Set(), removals: 0, changes: [] };
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
function forgetFollowed({ followed }: MergedView): void {
  if (followed.size > 0) followed.clear();
}

export function setChild(view: MergedView, directory: DirectoryNode, [name, node]: readonly [string, ViewNode]): void {
  const { children } = directory;
  const before = children.get(name);
  if (before !== undefined && isSame(before, node)) return;
  if (before === undefined) view.budget.spend(nodeSteps);
  children.set(name, node);
  if (before?.kind === 'directory') view.removals += 1;
  view.changes.push({ directory, name, before, after: node });
  if (node.kind === 'link' || (before !== undefined && before.kind !== 'file')) forgetFollowed(view);
}

export function removeChild(view: MergedView, directory: DirectoryNode, name: string): void {
  const before = directory.children.get(name);
  directory.children.delete(name);
  if (before?.kind === 'directory') view.removals += 1;
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
    for (const [name, child] of one.children) {
      const isGone = child.kind === 'directory' ? child.children.size === 0 : child.layer < layer;
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
  return node.children.size === 0;
}
