import { FunctionCollector, type GoPlatform } from '@clarion/ecosystems';
import { decodeText } from '@clarion/file-formats';

/** How many functions the modules of a layer may still have. */
export interface FunctionRoom {
  left: number;
}

/** Twenty times those of the largest program. */
export function functionRoom(): FunctionRoom {
  return { left: 4_000_000 };
}

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
  lines: Uint8Array,
  modules: readonly LinkedModule[],
  { program, room }: { readonly program: LinkedProgram; readonly room: FunctionRoom },
): ReadonlyMap<string, string> | undefined {
  const collectors = new Map(modules.map(({ key }) => [key, new FunctionCollector()]));
  const byPath = new Map<string, FunctionCollector[]>();
  for (const { key, importPath } of modules) {
    const collector = collectors.get(key);
    if (collector !== undefined) byPath.set(importPath, [...(byPath.get(importPath) ?? []), collector]);
  }
  for (const [name, names] of linesIn(lines)) {
    const path = name === 'main' && program.mainPath !== '' ? program.mainPath : name;
    for (const importPath of modulesAbove(path)) {
      for (const collector of byPath.get(importPath) ?? []) {
        room.left -= collector.addNames(below(importPath, path), names) + 1;
        if (room.left < 0) return undefined;
      }
    }
  }
  return new Map(Array.from(collectors, ([key, collector]) => [key, collector.encoded(program.platform)]));
}

/** The package of each line, and the names of its functions as they are: a large program has 20 MB of them. */
function* linesIn(bytes: Uint8Array): Generator<readonly [path: string, names: Uint8Array]> {
  for (let at = 0; at < bytes.length;) {
    const feed = bytes.indexOf(lineFeed, at);
    const end = feed < 0 ? bytes.length : feed;
    const line = bytes.subarray(at, end);
    const first = line.indexOf(tab);
    const pathEnd = first < 0 ? line.length : first;
    yield [decodeText(line.subarray(0, pathEnd)), line.subarray(pathEnd + 1)];
    at = end + 1;
  }
}

const lineFeed = 0x0a;
const tab = 0x09;

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
