import { type RuntimeLayout, runtimeLayouts } from '@clarion/ecosystems';
import type { ViewFeature } from './view-feature';

/** Hostile paths take long to compare; those of runtimes are short. */
const longestPath = 400;

/** What a path says alone: of which runtime a file is if that is there. */
interface PerhapsOfRuntime {
  readonly layout: RuntimeLayout;
  readonly key: string;
  readonly whole: string;
}

function perhapsOf(path: string): readonly PerhapsOfRuntime[] {
  if (path.length > longestPath) return [];
  return runtimeLayouts.flatMap((layout) => {
    const { whole, root, alone = '', series } = layout.files.exec(path)?.groups ?? {};
    if (whole === undefined) return [];
    return [{ layout, key: keyOf(layout, root ?? alone, series), whole: whole.replace(/\/$/, '') }];
  });
}

function keyOf({ id }: RuntimeLayout, root: string, series = ''): string {
  return [id, root, series].join('\0');
}

/**
 * The directory that counts as one for files that have the path of a runtime's, and a text that is the same for all
 * files that belong to the same runtimes; undefined for all other files.
 */
export function runtimeDirectory(path: string): { readonly directory: string; readonly runtimes: string } | undefined {
  const perhaps = perhapsOf(path);
  const [first] = perhaps;
  if (first === undefined) return undefined;
  return { directory: first.whole, runtimes: perhaps.map(({ key, whole }) => `${key}\0${whole}`).join('\0') };
}

/** Programs and libraries that belong to a runtime that was found. */
export interface RuntimeFiles {
  /** Whether a file that the layer of this number has belongs to a runtime. */
  has(path: string, layer: number): boolean;
}

/**
 * Those of the runtimes among `features`. What belongs to a package of the distribution is in its lists: beside such a
 * runtime there is nothing of it that these do not name.
 */
export function runtimeFiles(
  features: readonly ViewFeature[],
  isOwned: (feature: ViewFeature) => boolean,
): RuntimeFiles {
  let known: ReadonlyMap<string, number> | undefined;
  return {
    has: (path, layer) =>
      perhapsOf(path).some(({ layout, key }) => {
        const proved = (known ??= provedRuntimes(features, isOwned)).get(key);
        return proved !== undefined && (layout.notAbove !== true || layer <= proved);
      }),
  };
}

/** The highest layer with a proof of each runtime. */
function provedRuntimes(
  features: readonly ViewFeature[],
  isOwned: (feature: ViewFeature) => boolean,
): ReadonlyMap<string, number> {
  const proved = new Map<string, number>();
  for (const one of features) {
    const { type, name, version, path } = one.feature;
    for (const layout of runtimeLayouts) {
      if (layout.type !== type || layout.names?.includes(name) === false || path.length > longestPath) continue;
      const { root, series = layout.series?.exec(version)?.[0] } = layout.proof.exec(path)?.groups ?? {};
      if (root === undefined || isOwned(one)) continue;
      const key = keyOf(layout, root, series);
      proved.set(key, Math.max(proved.get(key) ?? 0, one.fileLayer ?? one.layer));
    }
  }
  return proved;
}
