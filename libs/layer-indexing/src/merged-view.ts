import type { LayerStructure, WorkBudget } from '@clarion/model';
import { maxDepth, maxLinks } from './layer-links';

/**
 * The merged file tree of an image, reduced to what detectors want and what leads there. A directory that no layer's
 * structure names is simply absent: to every question asked here an absent directory and an empty one are the same.
 */
export interface DirectoryNode {
  readonly kind: 'directory';
  readonly children: Map<string, ViewNode>;
}

/** The tree, and what work on it may cost. */
export interface MergedView {
  readonly root: DirectoryNode;
  readonly budget: WorkBudget;
}

/** A name of a file: `layer` (its number) and `path` are where its content lies, not where it is now. */
export interface FileNode {
  readonly kind: 'file';
  readonly layer: number;
  readonly path: string;
  /** The name itself, where it is a hard link of the layer that the content lies in. */
  readonly linkPath?: string;
}

export interface LinkNode {
  readonly kind: 'link';
  readonly layer: number;
  readonly path: string;
  readonly target: string;
}

export type ViewNode = DirectoryNode | FileNode | LinkNode;

/** Where a path leads when every symbolic link on it is followed. */
export interface Resolved {
  /** The node at the end, `absent`, or `loop` after more than `maxLinks` links, too deep down, or when the budget is used up. */
  readonly end: ViewNode | 'absent' | 'loop';
  /** The real path that was reached. */
  readonly path: string;
  /** The links that were followed, in order. */
  readonly links: readonly LinkNode[];
}

/** What a new directory costs beside the step to it: it takes memory. */
const directorySteps = 20;

export function emptyView(budget: WorkBudget): MergedView {
  return { root: emptyDirectory(), budget };
}

function emptyDirectory(): DirectoryNode {
  return { kind: 'directory', children: new Map() };
}

/** Splits at the last slash: the parent ('' is the root) and the last component. */
export function splitPath(path: string): readonly [parent: string, name: string] {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
}

/** Follows every link of `path`, the last component included, without leaving the root. */
export function resolve(view: MergedView, path: string): Resolved {
  return walk(view, path, undefined);
}

/**
 * Applies one layer to the view, as container runtimes do: the parent of an entry is found through the view, its last
 * component is not followed. Changes come in the order of their paths, which is the order of layers as tools write
 * them. An entry behind a loop of links is nowhere; runtimes refuse such a layer. Nothing more is applied when the budget
 * is used up.
 */
export function applyLayer(view: MergedView, layer: number, structure: LayerStructure): void {
  for (const change of sortedChanges(structure)) {
    if (!view.budget.spend(1)) return;
    const parent = parentDirectory(view, change);
    if (parent !== undefined) applyChange(parent, change, { layer, budget: view.budget });
  }
  // A hard link needs its target, which may sort after it, and nothing needs a hard link.
  for (const [path, target] of structure.hardlinks) {
    if (!view.budget.spend(1)) return;
    applyHardLink(view, { path, target, layer });
  }
}

/** What happens at one path, in this order: a directory entry may replace a link before what is in it is hidden. */
const changeKinds = ['obstacle', 'directory', 'whiteout', 'opaque', 'link', 'file'] as const;

interface Change {
  readonly kind: (typeof changeKinds)[number];
  readonly path: string;
  /** Where a link leads. */
  readonly target: string;
  /** The path by which it is sorted. */
  readonly place: string;
}

function sortedChanges(structure: LayerStructure): readonly Change[] {
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
  return changes.sort(compareChanges);
}

function placeOf(kind: Change['kind'], path: string, directories: ReadonlySet<string>): string {
  if (kind === 'opaque') return placeOfHiding(path, directories);
  return kind === 'whiteout' ? placeOfHiding(splitPath(path)[0], directories) : path;
}

// Keys that could be compared as texts would take more memory than all paths of a large layer.
function compareChanges(a: Change, b: Change): number {
  const places = comparePlaces(a.place, b.place);
  if (places !== 0) return places;
  const kinds = changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind);
  return kinds !== 0 ? kinds : a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

/** A parent sorts before its children, and those before its longer-named siblings. */
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
 * What a layer hides is gone before its own entries come, wherever the tar has it; but a directory entry on the way
 * there may mean that the layer speaks of another directory than the one below.
 */
function placeOfHiding(directory: string, directories: ReadonlySet<string>): string {
  let place = directory;
  while (place !== '' && !directories.has(place)) {
    [place] = splitPath(place);
  }
  return place;
}

/** The directory that a change happens in; undefined when there is none, and nothing that it could remove. */
function parentDirectory(view: MergedView, change: Change): DirectoryNode | undefined {
  const place = change.kind === 'opaque' ? change.path : splitPath(change.path)[0];
  const creates = change.kind === 'file' || change.kind === 'link';
  return directoryAt(view, place, creates ? 'create' : undefined);
}

function directoryAt(view: MergedView, path: string, missing?: 'create'): DirectoryNode | undefined {
  const { end } = walk(view, path, missing);
  return typeof end !== 'string' && end.kind === 'directory' ? end : undefined;
}

function applyChange(
  parent: DirectoryNode,
  { kind, path, target }: Change,
  { layer, budget }: { readonly layer: number; readonly budget: WorkBudget },
): void {
  const name = splitPath(path)[1];
  const child = parent.children.get(name);
  switch (kind) {
    case 'opaque':
      removeLower(parent, layer, budget);
      break;
    case 'whiteout':
      if (child !== undefined && isLower(child, layer, budget)) {
        parent.children.delete(name);
      }
      break;
    case 'obstacle':
      parent.children.delete(name);
      break;
    case 'directory':
      if (child !== undefined && child.kind !== 'directory') {
        parent.children.delete(name);
      }
      break;
    case 'link':
      parent.children.set(name, { kind, layer, path, target });
      break;
    case 'file':
      parent.children.set(name, { kind, layer, path });
      break;
  }
}

/** Whether all of `node` comes from below `layer`; what does not is kept and the rest of it removed. */
function isLower(node: ViewNode, layer: number, budget: WorkBudget): boolean {
  if (node.kind !== 'directory') {
    return node.layer < layer;
  }
  removeLower(node, layer, budget);
  return node.children.size === 0;
}

function removeLower(directory: DirectoryNode, layer: number, budget: WorkBudget): void {
  const pending = [directory];
  const seen: DirectoryNode[] = [];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    seen.push(next);
    for (const child of next.children.values()) {
      if (!budget.spend(1)) return;
      if (child.kind === 'directory') {
        pending.push(child);
      }
    }
  }
  for (const { children } of seen.reverse()) {
    for (const [name, child] of children) {
      if (child.kind === 'directory' ? child.children.size === 0 : child.layer < layer) {
        children.delete(name);
      }
    }
  }
}

interface HardLink {
  readonly path: string;
  readonly target: string;
  readonly layer: number;
}

/** A target that is not known becomes a file that nobody has read. */
function applyHardLink(view: MergedView, { path, target, layer }: HardLink): void {
  const [targetParent, targetName] = splitPath(target);
  const [parentPath, name] = splitPath(path);
  const known = directoryAt(view, targetParent)?.children.get(targetName);
  const children = directoryAt(view, parentPath, 'create')?.children;
  if (known?.kind === 'file') {
    children?.set(name, known.layer === layer ? { ...known, linkPath: path } : known);
  } else if (known?.kind === 'link') {
    children?.set(name, { ...known, layer, path });
  } else {
    children?.set(name, { kind: 'file', layer, path });
  }
}

function walk({ root, budget }: MergedView, path: string, missing: 'create' | undefined): Resolved {
  const places: { name: string; node: DirectoryNode; absent: boolean }[] = [];
  const links: LinkNode[] = [];
  const pending = components(path).reverse();
  const result = (end: Resolved['end'], last: readonly string[] = []): Resolved => {
    return { end, path: [...places.map((place) => place.name), ...last].join('/'), links };
  };
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (!budget.spend(1) || places.length > maxDepth) return result('loop', [name]);
    if (name === '..') {
      places.pop();
      continue;
    }
    const parent = places.at(-1)?.node ?? root;
    const child = parent.children.get(name);
    if (child?.kind === 'link') {
      if (links.length >= maxLinks) {
        return result('loop', [name]);
      }
      links.push(child);
      if (child.target.startsWith('/')) {
        places.length = 0;
      }
      for (const part of components(child.target).reverse()) pending.push(part);
    } else if (child?.kind === 'directory') {
      places.push({ name, node: child, absent: false });
    } else if (missing === 'create') {
      const node = emptyDirectory();
      budget.spend(directorySteps);
      parent.children.set(name, node);
      places.push({ name, node, absent: false });
    } else if (child !== undefined && pending.length === 0) {
      return result(child, [name]);
    } else {
      // Walking on in an empty directory finds `..` behind a directory that no structure names.
      places.push({ name, node: emptyDirectory(), absent: true });
    }
  }
  const last = places.at(-1);
  return result(last === undefined ? root : last.absent ? 'absent' : last.node);
}

function components(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
