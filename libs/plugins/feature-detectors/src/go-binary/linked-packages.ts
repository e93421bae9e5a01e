import { encodeLinkedFunctions, type GoPlatform } from '@clarion/ecosystems';

/** How many functions the modules of a layer may still have. */
export interface FunctionRoom {
  left: number;
}

/** Twenty times those of the largest program. */
export function functionRoom(): FunctionRoom {
  return { left: 4_000_000 };
}

/** A package of a program: its import path, and the names of its functions. */
type LinkedPackage = readonly [path: string, names: readonly string[]];

/** Import paths are those in the source of the program: a module that replaces another one has that one's. */
interface LinkedModule {
  /** Identifies the package that is reported; one may replace several modules. */
  readonly key: string;
  /** '' for the standard library. */
  readonly importPath: string;
}

interface LinkedProgram {
  /** Import path of the package that the program itself calls `main`. */
  readonly mainPath: string;
  readonly platform: GoPlatform;
}

/**
 * The functions of each module by its key, encoded; undefined where there are too many. A package counts for each module whose path
 * its own begins with, since versions of modules differ in which of them has it; one without a dot in its first
 * component is of the standard library.
 */
export function functionsOfModules(
  lines: string,
  modules: readonly LinkedModule[],
  { program, room }: { readonly program: LinkedProgram; readonly room: FunctionRoom },
): ReadonlyMap<string, string> | undefined {
  const packages = new Map<string, LinkedPackage[]>(modules.map(({ key }) => [key, []]));
  const byPath = new Map<string, LinkedPackage[][]>();
  for (const { key, importPath } of modules) {
    byPath.set(importPath, [...(byPath.get(importPath) ?? []), packages.get(key) ?? []]);
  }
  for (const line of lines.split('\n')) {
    const [name = '', ...names] = line.split('\t');
    const path = name === 'main' && program.mainPath !== '' ? program.mainPath : name;
    for (const importPath of modulesAbove(path)) {
      for (const ofModule of byPath.get(importPath) ?? []) {
        room.left -= names.length + 1;
        if (room.left < 0) return undefined;
        ofModule.push([below(importPath, path), names]);
      }
    }
  }
  return new Map(Array.from(packages, ([key, ofModule]) => [key, encodeLinkedFunctions(program.platform, ofModule)]));
}

/** The paths that modules with this package may have. */
function* modulesAbove(path: string): Generator<string> {
  if (path === '') return;
  const slash = path.indexOf('/');
  if (!path.slice(0, slash < 0 ? undefined : slash).includes('.')) yield '';
  for (let at = slash; at >= 0; at = path.indexOf('/', at + 1)) yield path.slice(0, at);
  yield path;
}

function below(importPath: string, path: string): string {
  return importPath === '' ? path : path.slice(importPath.length + 1);
}
