import type { WorkBudget } from '@clarion/model';

/** The limit of Linux. */
export const maxLinks = 40;

/** Maximum number of components of a path. Real trees, even those of npm, are a tenth as deep. */
export const maxDepth = 512;

/** A directory on the way to a symbolic link, or the link itself. */
interface LinkTreeNode {
  readonly children: Map<string, LinkTreeNode>;
  target?: string;
  /** The result of following it, valid as long as no link has changed. */
  known?: KnownEnd;
}

interface KnownEnd {
  /** `LayerLinks.changes` when it was followed. */
  readonly changes: number;
  /** Where it leads, and through how many links, itself included; undefined when it leads nowhere. */
  readonly end?: { readonly spot: PathPosition; readonly hops: number; readonly isCertain: boolean };
  /** It leads nowhere when at least so many links were followed before it. */
  readonly lostFrom?: number;
}

/** The state of following one path. */
interface FollowState {
  hops: number;
  /** False once `..` has left a directory that may be a link of a lower layer. */
  isCertain: boolean;
}

/** A real path: its last name, and its parent. */
interface PathPosition {
  readonly name: string;
  readonly node: LinkTreeNode | undefined;
  readonly above: PathPosition | undefined;
  readonly depth: number;
}

/** The cost of a new node in addition to the step to it: it takes memory. */
const nodeSteps = 15;

/**
 * The symbolic links of one layer at a moment of its reading. Resolves paths through them alone, component by
 * component: each costs one look-up in the node before it, independent of the length of the path, and until the next
 * change a link is followed once, for any number of paths through it.
 */
export class LayerLinks {
  private readonly tree: LinkTreeNode = { children: new Map() };
  private readonly root: PathPosition = { name: '', node: this.tree, above: undefined, depth: 0 };
  private readonly budget: WorkBudget;
  private count = 0;
  /** How often a link was added or removed. */
  private changes = 0;
  /** The directory that was last looked up, and where it leads: entries of one directory follow each other. */
  private last: { readonly directory: string; readonly end: string | undefined } | undefined;

  constructor(budget: WorkBudget) {
    this.budget = budget;
  }

  /** Adds or replaces a link; does nothing when the budget is used up. */
  add(path: string, target: string): void {
    let node = this.tree;
    for (const name of path.split('/')) {
      let next = node.children.get(name);
      if (next === undefined) {
        next = { children: new Map() };
        node.children.set(name, next);
        if (!this.budget.spend(nodeSteps)) return;
      }
      if (!this.budget.spend(1)) return;
      node = next;
    }
    if (node.target === undefined) this.count += 1;
    node.target = target;
    this.changed();
  }

  /** Removes the link at `path`. */
  remove(path: string): void {
    let node: LinkTreeNode | undefined = this.tree;
    for (const name of path.split('/')) {
      node = node.children.get(name);
      if (node === undefined) return;
    }
    if (node.target === undefined) return;
    this.count -= 1;
    delete node.target;
    this.changed();
  }

  private changed(): void {
    this.changes += 1;
    this.last = undefined;
  }

  /**
   * The real path of an entry named `path`: in the directory that the links lead to, with its last component unchanged.
   * Undefined where this layer alone cannot decide: behind a loop, or behind `..` of a directory that may be a link
   * of a lower layer.
   */
  locate(path: string): string | undefined {
    const slash = path.lastIndexOf('/');
    if (this.count === 0 || slash < 0) return path;
    const directory = path.slice(0, slash);
    if (this.last?.directory !== directory) this.last = { directory, end: this.end(directory, 'certain') };
    const { end } = this.last;
    if (end === undefined) return undefined;
    const name = path.slice(slash + 1);
    return end === '' ? name : `${end}/${name}`;
  }

  /** Where `path` leads; undefined after too many links, at too great a depth, or when the budget is used up. */
  resolve(path: string): string | undefined {
    return this.end(path, 'likely');
  }

  private end(path: string, answer: 'certain' | 'likely'): string | undefined {
    const followed: FollowState = { hops: 0, isCertain: true };
    const end = this.walk(this.root, path, followed);
    if (end === undefined || (answer === 'certain' && !followed.isCertain)) return undefined;
    return this.budget.spend(end.depth) ? pathOf(end) : undefined;
  }

  private walk(from: PathPosition, path: string, followed: FollowState): PathPosition | undefined {
    const names = path.split('/');
    if (!this.budget.spend(names.length)) return undefined;
    let spot: PathPosition | undefined = path.startsWith('/') ? this.root : from;
    for (const name of names) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (spot.above === undefined) continue;
        spot = spot.above;
        followed.isCertain = false;
        continue;
      }
      const node: LinkTreeNode | undefined = spot.node?.children.get(name);
      if (node?.target === undefined) spot = { name, node, above: spot, depth: spot.depth + 1 };
      else spot = this.follow(node, spot, followed);
      if (spot === undefined || spot.depth > maxDepth) return undefined;
    }
    return spot;
  }

  /** Where the link `node` in `from` leads. */
  private follow(node: LinkTreeNode, from: PathPosition, followed: FollowState): PathPosition | undefined {
    const before = followed.hops;
    const known = node.known?.changes === this.changes ? node.known : undefined;
    if (before >= (known?.lostFrom ?? maxLinks)) return undefined;
    if (known?.end === undefined) return this.followOnce(node, from, followed);
    followed.hops += known.end.hops;
    followed.isCertain &&= known.end.isCertain;
    return followed.hops > maxLinks ? undefined : known.end.spot;
  }

  private followOnce(node: LinkTreeNode, from: PathPosition, followed: FollowState): PathPosition | undefined {
    const before = followed.hops;
    const beyond: FollowState = { hops: before + 1, isCertain: true };
    const spot = this.walk(from, node.target ?? '', beyond);
    followed.hops = beyond.hops;
    followed.isCertain &&= beyond.isCertain;
    const { changes } = this;
    if (spot === undefined) node.known = { changes, lostFrom: before };
    else node.known = { changes, end: { spot, hops: beyond.hops - before, isCertain: beyond.isCertain } };
    return spot;
  }
}

function pathOf(end: PathPosition): string {
  const names: string[] = [];
  for (let spot = end; spot.above !== undefined; spot = spot.above) names.push(spot.name);
  return names.reverse().join('/');
}
