import type { LayerStructure, WorkBudget } from '@clarion/model';
import { maxDepth, maxLinks } from './layer-links';
import { type LayerChange, sortedChanges } from './sort-changes';
import { splitPath } from './split-path';

/**
 * The merged file tree of an image, reduced to filtered files and the paths to them. A directory that no layer's
 * structure names is simply absent: for all queries here, an absent directory and an empty one are the same.
 */
export interface DirectoryNode {
  readonly kind: 'directory';
  readonly children: Map<string, ViewNode>;
}

/** The tree, and the budget of work on it. */
export interface MergedView {
  readonly root: DirectoryNode;
  readonly budget: WorkBudget;
  /** The targets of links that were followed since a link or directory was added or removed. */
  readonly followed: Map<LinkNode, FollowedLink>;
  /** Whether the layer being applied has changed anything. */
  changed: boolean;
}

/** A name of a file: `layer` (its number) and `path` locate its content, not its current name. */
export interface FileNode {
  readonly kind: 'file';
  readonly layer: number;
  readonly path: string;
  /** The name itself, if it is a hard link of the layer that has the content. */
  readonly linkPath?: string;
}

export interface LinkNode {
  readonly kind: 'link';
  readonly layer: number;
  readonly path: string;
  readonly target: string;
}

export type ViewNode = DirectoryNode | FileNode | LinkNode;

/** Where a path leads when every symbolic link in it is followed. */
export interface ResolvedPath {
  /**
   * The node at the end, `absent`, or `loop` after more than `maxLinks` links, at too great a depth, or when the
   * budget is used up.
   */
  readonly end: ViewNode | 'absent' | 'loop';
  /** The real path that was reached. */
  readonly path: string;
  /** The links that were followed, in order. */
  readonly links: readonly LinkNode[];
}

/** A real or absent directory of the tree while a path is walked; undefined is the root. */
interface WalkedDirectory {
  readonly name: string;
  readonly node: DirectoryNode;
  readonly absent: boolean;
  readonly above: WalkedDirectory | undefined;
  readonly depth: number;
}

interface FollowedLink {
  /** The directory that it leads to, and all links on the way, itself first. */
  end?: { readonly directory: WalkedDirectory | undefined; readonly links: readonly LinkNode[] };
  /** It leads nowhere when at least so many links were followed before it; `link` is the one too many. */
  lost?: { readonly from: number; readonly link: LinkNode };
}

/** The cost of a new name in addition to the step to it: it takes memory. */
const nodeSteps = 20;

export function emptyView(budget: WorkBudget): MergedView {
  return { root: emptyDirectory(), budget, followed: new Map(), changed: false };
}

function emptyDirectory(): DirectoryNode {
  return { kind: 'directory', children: new Map() };
}

/** Follows every link of `path`, the last component included, without leaving the root. */
export function resolve(view: MergedView, path: string): ResolvedPath {
  const links: LinkNode[] = [];
  const { directory, end, name } = advance(
    { view, missing: undefined, links },
    { directory: undefined, path, last: true },
  );
  view.budget.spend(directory?.depth ?? 0);
  const real = realPath(directory, name);
  if (end !== undefined) return { end, path: real, links };
  return { end: directory === undefined ? view.root : directory.absent ? 'absent' : directory.node, path: real, links };
}

/**
 * Applies one layer to the view, as container runtimes do: the parent of an entry is resolved through the view, its
 * last component is not followed. Changes are applied in path order, which is the order in which tools write layers.
 * An entry behind a loop of links has no parent; runtimes refuse such a layer. Nothing more is applied when the budget
 * is used up. Returns whether anything changed: a layer that changes nothing when it is applied once more under its
 * own number never will.
 */
export function applyLayer(view: MergedView, layer: number, structure: LayerStructure): boolean {
  view.changed = false;
  const lowerLinks = (structure.lowerLinks ?? []).map(([path, target]): LowerLink => {
    return { path, target, layer, found: view.budget.spend(1) ? nodeAt(view, target) : undefined };
  });
  for (const change of sortedChanges(structure, view.budget)) {
    if (!view.budget.spend(1)) return view.changed;
    const parent = parentDirectory(view, change);
    if (parent !== undefined) applyChange(view, parent, { ...change, layer });
  }
  // Hard links come last: their target may sort after them, and no other entry needs them.
  for (const [path, target] of structure.hardlinks) {
    if (!view.budget.spend(1)) return view.changed;
    applyHardLink(view, { path, target, layer, found: nodeAt(view, target) });
  }
  for (const [link, found] of unchanged(view, lowerLinks)) applyHardLink(view, { ...link, found });
  // One of these links may have changed the target of another.
  for (const [link, found] of unchanged(view, lowerLinks)) {
    if (found === undefined) applyHardLink(view, { ...link, found });
  }
  return view.changed;
}

/**
 * The targets of hard links to lower layers. Whether the link or a change of its target came first is not recorded,
 * so a target that this layer changed is unknown.
 */
function unchanged(view: MergedView, links: readonly LowerLink[]): [LowerLink, ViewNode | undefined][] {
  return links.map((link) => {
    const { found, target } = link;
    return [link, view.budget.spend(1) && nodeAt(view, target) === found ? found : undefined];
  });
}

/** What `path` refers to; if it is a link itself, that is not followed. */
function nodeAt(view: MergedView, path: string): ViewNode | undefined {
  const [parent, name] = splitPath(path);
  return directoryAt(view, parent)?.children.get(name);
}

/** The directory of a change; undefined when it does not exist, and nothing in it can be removed. */
function parentDirectory(view: MergedView, change: LayerChange): DirectoryNode | undefined {
  const parent = change.kind === 'opaque' ? change.path : splitPath(change.path)[0];
  const creates = change.kind === 'file' || change.kind === 'link';
  return directoryAt(view, parent, creates ? 'create' : undefined);
}

function directoryAt(view: MergedView, path: string, missing?: 'create'): DirectoryNode | undefined {
  const { directory, end } = advance({ view, missing, links: [] }, { directory: undefined, path, last: true });
  if (end !== undefined) return undefined;
  return directory === undefined ? view.root : directory.absent ? undefined : directory.node;
}

function applyChange(
  view: MergedView,
  parent: DirectoryNode,
  { kind, path, target, layer }: LayerChange & { readonly layer: number },
): void {
  const name = splitPath(path)[1];
  const child = parent.children.get(name);
  switch (kind) {
    case 'opaque':
      removeLower(view, parent, layer);
      break;
    case 'whiteout':
      if (child !== undefined && isLower(view, child, layer)) removeChild(view, parent, name);
      break;
    case 'obstacle':
      put(view, parent, { name, path, layer });
      break;
    case 'directory':
      if (child !== undefined && child.kind !== 'directory') put(view, parent, { name, path, layer });
      break;
    case 'link':
      put(view, parent, { name, path, layer, node: { kind, layer, path, target } });
      break;
    case 'file':
      put(view, parent, { name, path, layer, node: { kind, layer, path } });
      break;
  }
}

function setChild(view: MergedView, { children }: DirectoryNode, [name, node]: readonly [string, ViewNode]): void {
  const before = children.get(name);
  if (before !== undefined && isSame(before, node)) return;
  if (before === undefined) view.budget.spend(nodeSteps);
  children.set(name, node);
  view.changed = true;
  if (node.kind === 'link' || (before !== undefined && before.kind !== 'file')) forgetFollowed(view);
}

function removeChild(view: MergedView, { children }: DirectoryNode, name: string): void {
  const before = children.get(name);
  children.delete(name);
  view.changed = true;
  if (before !== undefined && before.kind !== 'file') forgetFollowed(view);
}

/**
 * The directory that a link leads to changes when links are added, or links or directories are removed; files do not
 * affect it.
 */
function forgetFollowed({ followed }: MergedView): void {
  if (followed.size > 0) followed.clear();
}

function isSame(a: ViewNode, b: ViewNode): boolean {
  if (a.kind === 'directory' || b.kind === 'directory') return a === b;
  const [ofA, ofB] = [a, b].map((node) => (node.kind === 'link' ? node.target : node.linkPath));
  return a.kind === b.kind && a.layer === b.layer && a.path === b.path && ofA === ofB;
}

/** What the entry `path` of a layer puts at a name; without `node`, nothing relevant. */
interface NewNode {
  readonly name: string;
  readonly path: string;
  readonly layer: number;
  readonly node?: FileNode | LinkNode | undefined;
}

/**
 * Replaces what has a name. Where two entries of one layer reach it by different paths through a link of a lower
 * layer, the record does not show which came last: the name then refers to an unread file.
 */
function put(view: MergedView, parent: DirectoryNode, { name, path, layer, node }: NewNode): void {
  const known = parent.children.get(name);
  if (known !== undefined && known.kind !== 'directory' && known.layer === layer && ownName(known) !== path) {
    setChild(view, parent, [name, { kind: 'file', layer, path: '' }]);
  } else if (node !== undefined) setChild(view, parent, [name, node]);
  else if (known !== undefined) removeChild(view, parent, name);
}

function ownName(node: FileNode | LinkNode): string {
  return node.kind === 'file' ? (node.linkPath ?? node.path) : node.path;
}

/** Whether all of `node` comes from below `layer`; otherwise the parts that do not are kept and the rest is removed. */
function isLower(view: MergedView, node: ViewNode, layer: number): boolean {
  if (node.kind !== 'directory') {
    return node.layer < layer;
  }
  removeLower(view, node, layer);
  return node.children.size === 0;
}

function removeLower(view: MergedView, directory: DirectoryNode, layer: number): void {
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

interface LowerLink {
  readonly path: string;
  readonly target: string;
  readonly layer: number;
  /** What the target was below the layer. */
  readonly found: ViewNode | undefined;
}

/** An unknown target becomes an unread file. */
function applyHardLink(view: MergedView, { path, layer, found: known }: LowerLink): void {
  const [parentPath, name] = splitPath(path);
  const parent = directoryAt(view, parentPath, 'create');
  if (parent === undefined) return;
  let node: FileNode | LinkNode = { kind: 'file', layer, path };
  if (known?.kind === 'file') node = known.layer === layer ? { ...known, linkPath: path } : known;
  else if (known?.kind === 'link') node = { ...known, layer, path };
  put(view, parent, { name, path, layer, node });
}

/** A path that is being walked. */
interface PathWalk {
  readonly view: MergedView;
  readonly missing: 'create' | undefined;
  readonly links: LinkNode[];
}

/** How far a walk came: `end` if that is not a directory. */
interface WalkResult {
  readonly directory: WalkedDirectory | undefined;
  readonly end?: FileNode | 'loop';
  /** The name of `end` in `directory`. */
  readonly name?: string;
}

function realPath(directory: WalkedDirectory | undefined, name: string | undefined): string {
  const names = name === undefined ? [] : [name];
  for (let at = directory; at !== undefined; at = at.above) names.push(at.name);
  return names.reverse().join('/');
}

interface WalkTarget {
  readonly directory: WalkedDirectory | undefined;
  readonly path: string;
  /** Whether nothing comes after it. */
  readonly last: boolean;
}

/** Continues a walk from a directory. Recurses only for links, which are bounded. */
function advance(state: PathWalk, way: WalkTarget): WalkResult {
  const { view, missing } = state;
  const parts = way.path.split('/');
  let directory = way.path.startsWith('/') ? undefined : way.directory;
  if (!view.budget.spend(parts.length)) return { directory, end: 'loop' };
  const names = parts.filter((part) => part !== '' && part !== '.');
  for (const [index, name] of names.entries()) {
    if (name === '..') {
      directory = directory?.above;
      continue;
    }
    if ((directory?.depth ?? 0) > maxDepth) return { directory, end: 'loop', name };
    const parent: DirectoryNode = directory?.node ?? view.root;
    const child = parent.children.get(name);
    const last = way.last && index === names.length - 1;
    if (child?.kind === 'link') {
      const reached = follow(state, child, { directory, last });
      if (reached.end !== undefined) return reached;
      directory = reached.directory;
    } else if (child?.kind === 'directory') {
      directory = below(directory, name, child);
    } else if (missing === 'create') {
      const node = emptyDirectory();
      setChild(view, parent, [name, node]);
      directory = below(directory, name, node);
    } else if (child !== undefined && last) {
      return { directory, end: child, name };
    } else {
      // Continuing in an empty directory finds `..` after a directory that no structure names.
      directory = { ...below(directory, name, emptyDirectory()), absent: true };
    }
  }
  return { directory };
}

function below(above: WalkedDirectory | undefined, name: string, node: DirectoryNode): WalkedDirectory {
  return { name, node, absent: false, above, depth: (above?.depth ?? 0) + 1 };
}

/**
 * Follows a link in `directory`; only once for any number of paths through it, as long as it leads to the same directory.
 */
function follow(
  { view, missing, links }: PathWalk,
  link: LinkNode,
  { directory, last }: Omit<WalkTarget, 'path'>,
): WalkResult {
  const before = links.length;
  const known = view.followed.get(link);
  if (known?.lost !== undefined && before >= known.lost.from) {
    links.push(known.lost.link);
    return { directory, end: 'loop' };
  }
  if (before >= maxLinks) return { directory, end: 'loop' };
  if (known?.end !== undefined && before + known.end.links.length <= maxLinks) {
    for (const one of known.end.links) links.push(one);
    return { directory: known.end.directory };
  }
  links.push(link);
  const reached = advance({ view, missing, links }, { directory, path: link.target, last });
  const remembered: FollowedLink = view.followed.get(link) ?? {};
  if (reached.end === 'loop') remembered.lost = { from: before, link: links.at(-1) ?? link };
  else if (reached.end === undefined && reached.directory?.absent !== true) {
    remembered.end = { directory: reached.directory, links: links.slice(before) };
  }
  view.followed.set(link, remembered);
  return reached;
}
