import { groupOf } from './sign-counter';
import type { ViewFeature } from './view-feature';

/** Programs in which packages were found: of Go, of Rust, or the program itself. */
export interface ReadPrograms {
  has(path: string): boolean;
  /** The number of those that are counted together with `paths` and are not among these. */
  countBeside(paths: readonly string[]): number;
}

/** Their files are those that prove packages. */
export function readPrograms(features: readonly Pick<ViewFeature, 'feature'>[]): ReadPrograms {
  // Few images have programs that were recognised by name, and some have very many files.
  let known: ReadonlySet<string> | undefined;
  const paths = (): ReadonlySet<string> => (known ??= new Set(features.map(({ feature }) => feature.path)));
  let byGroup: Map<string, string[]> | undefined;
  return {
    has: (path) => paths().has(path),
    countBeside(some) {
      const [first] = some;
      if (first === undefined) return 0;
      byGroup ??= grouped(paths());
      const beside = byGroup.get(groupOf(first)) ?? [];
      const isKnown = new Set(some);
      return beside.filter((path) => !isKnown.has(path)).length;
    },
  };
}

function grouped(paths: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const key = groupOf(path);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [path]);
    else group.push(path);
  }
  return groups;
}
