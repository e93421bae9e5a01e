import type { WorkBudget } from '@clarion/model';
import type { BlockEntry } from '../block-yaml';

/** What depends on what, by the keys of snapshots. */
export interface PnpmGraph {
  /** What the projects of the workspace need, except for development. */
  readonly roots: string[];
  readonly edges: Map<string, string[]>;
}

const production: ReadonlySet<string | undefined> = new Set(['dependencies', 'optionalDependencies']);

/** Takes a line of `importers` or `snapshots`. */
export function readEdge({ roots, edges }: PnpmGraph, { path, value }: BlockEntry): void {
  const [section, from = '', kind, name, member] = path;
  if (section === 'snapshots') {
    const list = edges.get(from) ?? [];
    edges.set(from, list);
    if (path.length === 4 && production.has(kind)) addKey(list, name, value);
  } else if (path.length === 5 && production.has(kind) && member === 'version') addKey(roots, name, value);
}

/** A version, with those of its peers, or the whole key where it has another name. */
function addKey(keys: string[], name: string | undefined, version: string): void {
  if (name === undefined || version === '' || version.startsWith('link:')) return;
  const peers = version.indexOf('(');
  const isKey = version.slice(0, peers < 0 ? version.length : peers).includes('@');
  keys.push(isKey ? version : `${name}@${version}`);
}

/** The keys of packages, without peers, that are needed for more than development. */
export function productionKeys({ roots, edges }: PnpmGraph, budget: WorkBudget): ReadonlySet<string> {
  const seen = new Set(roots);
  const keys = new Set<string>();
  // A set is walked in the order of insertion, also over what is added meanwhile.
  for (const key of seen) {
    const peers = key.indexOf('(');
    keys.add(peers < 0 ? key : key.slice(0, peers));
    for (const next of edges.get(key) ?? []) {
      if (!budget.spend(1)) return keys;
      seen.add(next);
    }
  }
  return keys;
}
