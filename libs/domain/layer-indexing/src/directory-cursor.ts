import { maxDepth } from './layer-links';
import { directoryAt } from './resolve-path';
import { childOf, type DirectoryNode, emptyDirectory, type MergedView, setChild } from './view-tree';

/** A real directory on the way to the last one that was looked up: `end` is the length of its path. */
interface PassedDirectory {
  readonly end: number;
  readonly node: DirectoryNode;
}

/** Looks up directories of a view one after the other: neighbours share most of the way. */
export class DirectoryCursor {
  private readonly view: MergedView;
  private path = '';
  private passed: PassedDirectory[];
  private removals: number;

  constructor(view: MergedView) {
    this.view = view;
    this.removals = view.removals;
    this.passed = [{ end: 0, node: view.root }];
  }

  /** The directory that `path` leads to; where it does not exist, it is created or undefined. */
  at(path: string, missing?: 'create'): DirectoryNode | undefined {
    let last = this.lastOnTheWay(path);
    this.path = path;
    while (last.end < path.length) {
      const start = last.end === 0 ? 0 : last.end + 1;
      const slash = path.indexOf('/', start);
      const end = slash < 0 ? path.length : slash;
      const name = path.slice(start, end);
      const child = childOf(this.view, last.node, name);
      const isNew = child === undefined && missing === 'create';
      // Links are followed from the start.
      if (!isNew && child?.kind !== 'directory') return directoryAt(this.view, path, missing);
      if (this.passed.length > maxDepth || !this.view.budget.spend(1)) return undefined;
      const node: DirectoryNode = child?.kind === 'directory' ? child : emptyDirectory(path.slice(0, end));
      if (isNew) setChild(this.view, last.node, [name, node]);
      last = { end, node };
      this.passed.push(last);
    }
    return last.node;
  }

  private lastOnTheWay(path: string): PassedDirectory {
    const root = { end: 0, node: this.view.root };
    if (this.removals !== this.view.removals) this.passed = [root];
    this.removals = this.view.removals;
    const most = Math.min(path.length, this.path.length);
    let shared = 0;
    while (shared < most && path.charCodeAt(shared) === this.path.charCodeAt(shared)) shared += 1;
    for (let last = this.passed.at(-1); last !== undefined; last = this.passed.at(-1)) {
      const { end } = last;
      if (end === 0 || (end <= shared && (end === path.length || path[end] === '/'))) return last;
      this.passed.pop();
    }
    return root;
  }
}
