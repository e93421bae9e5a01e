import { comparedName } from '@clarion/ecosystems';
import type { Feature } from '@clarion/model';
import { splitPath } from './split-path';

interface NamedFeature {
  readonly feature: Feature;
  /** A lock file or manifest names it. */
  readonly named?: true;
}

/**
 * Packages without those that only repeat others: a lock file beside the packages that were installed by it names each
 * of them, and so does another lock file in its directory. `sorted` is in the order of the paths of each type.
 */
export function withoutNamedCopies<One extends NamedFeature>(sorted: readonly One[]): readonly One[] {
  if (!sorted.some(({ named }) => named)) return sorted;
  const installed = new Map<string, string[]>();
  for (const one of sorted) {
    if (one.named) continue;
    const key = keyOf(one.feature);
    const paths = installed.get(key);
    if (paths === undefined) installed.set(key, [one.feature.path]);
    else paths.push(one.feature.path);
  }
  const seen = new Set<string>();
  return sorted.filter((one) => {
    if (!one.named) return true;
    const key = keyOf(one.feature);
    const [directory] = splitPath(one.feature.path);
    if (hasBelow(installed.get(key) ?? [], directory)) return false;
    const keyThere = `${directory}\0${key}`;
    if (seen.has(keyThere)) return false;
    seen.add(keyThere);
    return true;
  });
}

function keyOf({ type, name, version }: Feature): string {
  return `${type}\0${comparedName(type, name)}\0${version}`;
}

/** Whether one of `paths`, which are sorted, is somewhere below `directory`. */
function hasBelow(paths: readonly string[], directory: string): boolean {
  const prefix = directory === '' ? '' : `${directory}/`;
  let low = 0;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((paths[middle] ?? '') < prefix) low = middle + 1;
    else high = middle;
  }
  return paths[low]?.startsWith(prefix) === true;
}
