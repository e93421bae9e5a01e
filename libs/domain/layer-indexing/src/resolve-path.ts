import { maxDepth, maxLinks } from './layer-links';
import {
  childOf,
  type DirectoryNode,
  emptyDirectory,
  type FileNode,
  type LinkNode,
  type MergedView,
  pathIn,
  setChild,
  type ViewNode,
  type WalkedDirectory,
  type FollowedLink,
} from './view-tree';
import { splitPath } from './split-path';

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

function realPath(directory: WalkedDirectory | undefined, name: string | undefined): string {
  const names = name === undefined ? [] : [name];
  for (let at = directory; at !== undefined; at = at.above) names.push(at.name);
  return names.reverse().join('/');
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

interface WalkTarget {
  readonly directory: WalkedDirectory | undefined;
  readonly path: string;
  /** Whether nothing comes after it. */
  readonly last: boolean;
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
  const others = view.followed.get(link);
  let remembered: FollowedLink = others ?? {};
  if (reached.end === 'loop') remembered = { ...others, lost: { from: before, link: links.at(-1) ?? link } };
  else if (reached.end === undefined && reached.directory?.absent !== true) {
    remembered = { ...others, end: { directory: reached.directory, links: links.slice(before) } };
  }
  view.journal.set(view.followed, link, remembered);
  return reached;
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
    const child = childOf(view, parent, name);
    const last = way.last && index === names.length - 1;
    if (child?.kind === 'link') {
      const reached = follow(state, child, { directory, last });
      if (reached.end !== undefined) return reached;
      directory = reached.directory;
    } else if (child?.kind === 'directory') {
      directory = below(directory, name, child);
    } else if (missing === 'create') {
      const node = emptyDirectory(pathIn(parent, name));
      setChild(view, parent, [name, node]);
      directory = below(directory, name, node);
    } else if (child !== undefined && last) {
      return { directory, end: child, name };
    } else {
      // Continuing in an empty directory finds `..` after a directory that no structure names.
      directory = { ...below(directory, name, emptyDirectory('')), absent: true };
    }
  }
  return { directory };
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

export function directoryAt(view: MergedView, path: string, missing?: 'create'): DirectoryNode | undefined {
  const { directory, end } = advance({ view, missing, links: [] }, { directory: undefined, path, last: true });
  if (end !== undefined) return undefined;
  return directory === undefined ? view.root : directory.absent ? undefined : directory.node;
}

/** What `path` refers to; if it is a link itself, that is not followed. */
export function nodeAt(view: MergedView, path: string): ViewNode | undefined {
  const [parent, name] = splitPath(path);
  const directory = directoryAt(view, parent);
  return directory === undefined ? undefined : childOf(view, directory, name);
}

/** What is at a real path. */
export function nodeAtRealPath(view: MergedView, path: string): ViewNode | undefined {
  let node: ViewNode | undefined = view.root;
  for (const name of path.split('/')) {
    if (node?.kind !== 'directory') return undefined;
    node = childOf(view, node, name);
  }
  return node;
}
