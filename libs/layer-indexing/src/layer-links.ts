import type { WorkBudget } from '@clarion/model';

/** As many links as Linux follows. */
export const maxLinks = 40;

/** Components that a path may have. Real trees, even those of npm, are a tenth as deep. */
export const maxDepth = 512;

/** A place on the way to a symbolic link, or one itself. */
interface LinkPlace {
  readonly children: Map<string, LinkPlace>;
  target?: string;
}

/** What a new place costs beside the step to it: it takes memory. */
const placeSteps = 20;

/**
 * Resolves paths through the symbolic links of one layer alone, component by component: each costs one look-up in the
 * place before it, however long the path is.
 */
export class LayerLinks {
  private readonly root: LinkPlace = { children: new Map() };
  private readonly budget: WorkBudget;

  constructor(symlinks: ReadonlyMap<string, string>, budget: WorkBudget) {
    this.budget = budget;
    for (const [path, target] of symlinks) if (!this.add(path, target)) break;
  }

  private add(path: string, target: string): boolean {
    let place = this.root;
    for (const name of path.split('/')) {
      let next = place.children.get(name);
      if (next === undefined) {
        next = { children: new Map() };
        place.children.set(name, next);
        if (!this.budget.spend(placeSteps)) return false;
      }
      if (!this.budget.spend(1)) return false;
      place = next;
    }
    place.target = target;
    return true;
  }

  /** Where `path` leads; undefined after too many links, too deep down, or when the budget is used up. */
  resolve(path: string): string | undefined {
    const names: string[] = [];
    const places: (LinkPlace | undefined)[] = [this.root];
    const pending = path.split('/').reverse();
    let hops = 0;
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (!this.budget.spend(1) || names.length > maxDepth) return undefined;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (names.pop() !== undefined) places.pop();
        continue;
      }
      const place = places.at(-1)?.children.get(name);
      if (place?.target === undefined) {
        names.push(name);
        places.push(place);
        continue;
      }
      hops += 1;
      if (hops > maxLinks) return undefined;
      if (place.target.startsWith('/')) names.length = 0;
      places.length = names.length + 1;
      for (const part of place.target.split('/').reverse()) pending.push(part);
    }
    return names.join('/');
  }
}
