import { type DirectoryGlobs, type GlobRest, testOf } from './directory-globs';
import { resolve } from './resolve-path';
import {
  childOf,
  childrenOf,
  type DirectoryNode,
  type FileNode,
  type MergedView,
  pathIn,
  type ViewNode,
} from './view-tree';

/** A file that a detector is given for the name that it has by a link to a directory above it. */
export interface FoundFile {
  readonly detector: string;
  /** By the link. */
  readonly name: string;
  readonly realPath: string;
  readonly file: FileNode;
}

/** A directory under the name that it has by a link, and what names in it must match. */
interface SearchedDirectory {
  readonly path: string;
  readonly node: DirectoryNode;
  readonly components: readonly string[];
}

/** A search of the directories below a link. */
export class DirectorySearch {
  readonly found: FoundFile[] = [];
  readonly searched = new Set<DirectoryNode>();
  /** Whether a link was found that leads to nothing yet. */
  isOpen = false;
  /** Whether a link to a file was found: what changes that is in another directory. */
  hasFileLinks = false;
  private readonly view: MergedView;
  private readonly directories: DirectoryGlobs;

  constructor(view: MergedView, directories: DirectoryGlobs) {
    this.view = view;
    this.directories = directories;
  }

  /** Finds the files whose names below `top`, which is also called `path`, match `rest`. */
  search(path: string, top: DirectoryNode, { detector, components: first }: GlobRest): void {
    const pending: SearchedDirectory[] = [{ path, node: top, components: first }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      this.searched.add(next.node);
      const [component = '', ...components] = next.components;
      if (component === '**') {
        pending.push({ ...next, components });
        this.addBelow(next, pending);
        continue;
      }
      for (const [name, child] of this.matching(next.node, component)) {
        if (!this.view.budget.spend(1)) return;
        const named = `${next.path}/${name}`;
        if (components.length === 0) this.addFile(detector, { directory: next.node, name, named, child });
        else if (!this.isFoundAnyway(next.node, child, { detector, components })) {
          const node = this.directoryOf(named, child);
          if (node !== undefined) pending.push({ path: named, node, components });
        }
      }
    }
  }

  /** Links are not followed where a glob has `**`: they may lead above themselves. */
  private addBelow({ path, node, components }: SearchedDirectory, pending: SearchedDirectory[]): void {
    for (const [name, child] of childrenOf(this.view, node)) {
      if (!this.view.budget.spend(1)) return;
      if (child.kind === 'directory') pending.push({ path: `${path}/${name}`, node: child, components });
    }
  }

  private addFile(
    detector: string,
    {
      directory,
      name,
      named,
      child,
    }: {
      readonly directory: DirectoryNode;
      readonly name: string;
      readonly named: string;
      readonly child: ViewNode;
    },
  ): void {
    if (child.kind === 'file')
      this.found.push({ detector, name: named, realPath: pathIn(directory, name), file: child });
    if (child.kind !== 'link') return;
    this.hasFileLinks = true;
    const { end, path: realPath } = resolve(this.view, named);
    if (typeof end !== 'string' && end.kind === 'file') this.found.push({ detector, name: named, realPath, file: end });
  }

  /** What a link leads to that matches by itself is found there. */
  private isFoundAnyway({ path }: DirectoryNode, child: ViewNode, rest: GlobRest): boolean {
    return child.kind === 'link' && this.directories.isLeftAt(child.target, path, rest);
  }

  private directoryOf(path: string, node: ViewNode): DirectoryNode | undefined {
    if (node.kind !== 'link') return node.kind === 'directory' ? node : undefined;
    const { end } = resolve(this.view, path);
    if (typeof end !== 'string' && end.kind === 'directory') return end;
    this.isOpen = true;
    return undefined;
  }

  private *matching(directory: DirectoryNode, component: string): Generator<readonly [name: string, child: ViewNode]> {
    if (!component.includes('*')) {
      const child = childOf(this.view, directory, component);
      if (child !== undefined) yield [component, child];
      return;
    }
    const test = testOf(component);
    for (const [name, child] of childrenOf(this.view, directory)) {
      if (!this.view.budget.spend(1)) return;
      if (test(name)) yield [name, child];
    }
  }
}
