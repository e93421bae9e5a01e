import type { WorkBudget } from '@clarion/model';

/** As many links as Linux follows. */
export const maxLinks = 40;

/** Components that a path may have. Real trees, even those of npm, are a tenth as deep. */
export const maxDepth = 512;

/** A place on the way to a symbolic link, or one itself. */
interface LinkPlace {
  readonly children: Map<string, LinkPlace>;
  target?: string;
  /** Where the link leads, and through how many links, itself included; known once it was followed. */
  end?: { readonly spot: Spot; readonly hops: number };
  /** It leads nowhere when so many links, or more, were followed before it. */
  lostFrom?: number;
}

/** A real path: its last name, and the one above. */
interface Spot {
  readonly name: string;
  readonly place: LinkPlace | undefined;
  readonly above: Spot | undefined;
  readonly depth: number;
}

/** What a new place costs beside the step to it: it takes memory. */
const placeSteps = 20;

/**
 * Resolves paths through the symbolic links of one layer alone, component by component: each costs one look-up in the
 * place before it, however long the path is, and a link is followed once, however many paths lead through it.
 */
export class LayerLinks {
  private readonly places: LinkPlace = { children: new Map() };
  private readonly root: Spot = { name: '', place: this.places, above: undefined, depth: 0 };
  private readonly budget: WorkBudget;

  constructor(symlinks: ReadonlyMap<string, string>, budget: WorkBudget) {
    this.budget = budget;
    for (const [path, target] of symlinks) if (!this.add(path, target)) break;
  }

  private add(path: string, target: string): boolean {
    let place = this.places;
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
    const end = this.walk(this.root, path, { hops: 0 });
    return end === undefined || !this.budget.spend(end.depth) ? undefined : pathOf(end);
  }

  private walk(from: Spot, path: string, followed: { hops: number }): Spot | undefined {
    const names = path.split('/');
    if (!this.budget.spend(names.length)) return undefined;
    let spot: Spot | undefined = path.startsWith('/') ? this.root : from;
    for (const name of names) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        spot = spot.above ?? spot;
        continue;
      }
      const place: LinkPlace | undefined = spot.place?.children.get(name);
      if (place?.target === undefined) spot = { name, place, above: spot, depth: spot.depth + 1 };
      else spot = this.follow(place, spot, followed);
      if (spot === undefined || spot.depth > maxDepth) return undefined;
    }
    return spot;
  }

  /** Where the link `place`, which stands in `from`, leads. */
  private follow(place: LinkPlace, from: Spot, followed: { hops: number }): Spot | undefined {
    const before = followed.hops;
    if (before >= (place.lostFrom ?? maxLinks)) return undefined;
    if (place.end === undefined) {
      followed.hops += 1;
      const spot = this.walk(from, place.target ?? '', followed);
      if (spot === undefined) place.lostFrom = before;
      else place.end = { spot, hops: followed.hops - before };
      return spot;
    }
    followed.hops += place.end.hops;
    return followed.hops > maxLinks ? undefined : place.end.spot;
  }
}

function pathOf(end: Spot): string {
  const names: string[] = [];
  for (let spot = end; spot.above !== undefined; spot = spot.above) names.push(spot.name);
  return names.reverse().join('/');
}
