import { compileFileFilters, compileGlob } from '@clarion/layer-archive';
import type { DetectorInfo } from '@clarion/model';

/** What is left of a glob of a detector behind a directory that matches its beginning. */
export interface GlobRest {
  readonly detector: string;
  /** Of the names below the directory, each a glob. */
  readonly components: readonly string[];
}

/** The beginnings of globs that a directory may match by its own name or one above it, such as `node_modules`. */
export interface DirectoryGlobs {
  /** What is left of each glob whose beginning matches `path`, by a key that is equal for equal rests. */
  match(path: string): ReadonlyMap<string, GlobRest>;
  /**
   * The same for a link at the real path `path`, without what is also left of globs at its target: names below that
   * match by themselves. Of a link in a place that is excepted from a filter nothing is left; at an excepted target
   * nothing matches by itself.
   */
  matchLink(path: string, target: string): ReadonlyMap<string, GlobRest>;
  /** Whether `rest` is left of a glob at the target of a link in `directory` as well. */
  isLeftAt(target: string, directory: string, rest: GlobRest): boolean;
  /** Literal names that such a directory may have. */
  readonly names: ReadonlySet<string>;
}

/** The beginning of a glob. */
interface Beginning {
  /** Of the names of a path, from the last. */
  readonly tests: readonly ((name: string) => boolean)[];
  /** Its last literal component: the number of those after it, and the name. Undefined if all have wildcards. */
  readonly literal: readonly [after: number, name: string] | undefined;
  /** Whether it begins at the root, not with any directories. */
  readonly fromRoot: boolean;
  readonly key: string;
  readonly rest: GlobRest;
}

/** Each beginning is looked up by its last literal component. */
interface BeginningIndex {
  /** By the number of components after it, then by name. */
  readonly byLiteral: readonly ReadonlyMap<string, readonly Beginning[]>[];
  readonly others: readonly Beginning[];
  /** Most names of a path that are compared. */
  readonly longest: number;
}

/**
 * Compiles the beginnings of the globs of detectors up to a second `**`. One without wildcards is left out, as literal
 * directories are looked up by themselves, and so is `**` alone: it matches the target of any link as well.
 */
export function compileDirectoryGlobs(detectors: readonly Pick<DetectorInfo, 'id' | 'files'>[]): DirectoryGlobs {
  const beginnings = new Map<string, Beginning>();
  const names = new Set<string>();
  for (const { id, files } of detectors) {
    for (const glob of files.paths.filter((one) => one.includes('*'))) {
      for (const [components, rest] of splits(glob)) {
        const key = keyOfRest({ detector: id, components: rest });
        beginnings.set(`${components.join('/')}\0${key}`, beginningOf(components, { detector: id, components: rest }));
        const last = components.at(-1) ?? '';
        if (!last.includes('*')) names.add(last);
      }
    }
  }
  const index = indexOf([...beginnings.values()]);
  const match = (path: string): ReadonlyMap<string, GlobRest> => matching(index, path);
  const filters = compileFileFilters(detectors);
  const matchUnlessExcepted = (path: string): ReadonlyMap<string, GlobRest> => {
    const found = match(path);
    const left = [...found].filter(([, rest]) => !filters.isExcepted(rest.detector, sampleName(path, rest)));
    return left.length === found.size ? found : new Map(left);
  };
  const matchLink = (path: string, target: string): ReadonlyMap<string, GlobRest> => {
    const found = matchUnlessExcepted(path);
    if (found.size === 0) return found;
    const end = targetPath(parentOf(path), target);
    const atTarget = end === undefined ? nothing : matchUnlessExcepted(end);
    return atTarget.size === 0 ? found : new Map([...found].filter(([key]) => !atTarget.has(key)));
  };
  const isLeftAt = (target: string, directory: string, rest: GlobRest): boolean => {
    const end = targetPath(directory, target);
    return end !== undefined && matchUnlessExcepted(end).has(keyOfRest(rest));
  };
  return { match, matchLink, isLeftAt, names };
}

const nothing: ReadonlyMap<string, GlobRest> = new Map();

function* splits(glob: string): Generator<readonly [beginning: readonly string[], rest: readonly string[]]> {
  const components = glob.split('/');
  for (let end = 1; end < components.length && (end === 1 || components[end - 1] !== '**'); end += 1) {
    const beginning = components.slice(0, end);
    const isDirectory = beginning.some((one) => one !== '**') && beginning.some((one) => one.includes('*'));
    if (isDirectory) yield [beginning, components.slice(end)];
  }
}

function beginningOf(components: readonly string[], rest: GlobRest): Beginning {
  const fromRoot = components[0] !== '**';
  const compared = (fromRoot ? components : components.slice(1)).toReversed();
  const after = compared.findIndex((one) => !one.includes('*'));
  const literal = after < 0 ? undefined : ([after, compared[after] ?? ''] as const);
  return { tests: compared.map(testOf), literal, fromRoot, key: keyOfRest(rest), rest };
}

function indexOf(beginnings: readonly Beginning[]): BeginningIndex {
  const byLiteral: Map<string, Beginning[]>[] = [];
  for (const one of beginnings) {
    if (one.literal === undefined) continue;
    const [after, name] = one.literal;
    const names = (byLiteral[after] ??= new Map());
    names.set(name, [...(names.get(name) ?? []), one]);
  }
  const others = beginnings.filter(({ literal }) => literal === undefined);
  // Numbers that no beginning has leave holes.
  const filled = Array.from(
    byLiteral,
    (names) => (names as typeof names | undefined) ?? new Map<string, Beginning[]>(),
  );
  return { byLiteral: filled, others, longest: Math.max(0, ...beginnings.map(({ tests }) => tests.length)) };
}

/** A name that matches `rest` in a directory. */
export function sampleName(directory: string, { components }: GlobRest): string {
  const sample = components.map((one) => one.replaceAll(/\*+/g, 'x')).join('/');
  return directory === '' ? sample : `${directory}/${sample}`;
}

/** Equal for equal rests. */
export function keyOfRest({ detector, components }: GlobRest): string {
  return `${detector}\0${components.join('/')}`;
}

/**
 * Whether the name of a link, or a name below one, matches one component of a glob. `*` stands for no hidden name, as in
 * shells: tools hide what they move away. It stands for no scope of npm either, which is no package.
 */
export function testOf(component: string): (name: string) => boolean {
  if (component === '*') return (name) => !name.startsWith('.') && !name.startsWith('@');
  return component.includes('*') ? compileGlob(component) : (name) => name === component;
}

function matching({ byLiteral, others, longest }: BeginningIndex, path: string): ReadonlyMap<string, GlobRest> {
  const names = lastNames(path, longest + 1);
  let found: Map<string, GlobRest> | undefined;
  const take = ({ tests, fromRoot, key, rest }: Beginning): void => {
    if (fromRoot ? names.length !== tests.length : names.length < tests.length) return;
    if (tests.every((test, index) => test(names[index] ?? ''))) (found ??= new Map()).set(key, rest);
  };
  for (const [after, literals] of byLiteral.entries()) literals.get(names[after] ?? '')?.forEach(take);
  others.forEach(take);
  return found ?? nothing;
}

/** The last names of a path, at most `most`, the last one first. */
function lastNames(path: string, most: number): readonly string[] {
  const names: string[] = [];
  for (let end = path.length; end >= 0 && names.length < most;) {
    const slash = end === 0 ? -1 : path.lastIndexOf('/', end - 1);
    names.push(path.slice(slash + 1, end));
    end = slash;
  }
  return names;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/**
 * Where a link in the real directory `directory` leads if nothing on the way is a link; undefined where `..` leaves a
 * directory that may be one.
 */
function targetPath(directory: string, target: string): string | undefined {
  const names = target.startsWith('/') || directory === '' ? [] : directory.split('/');
  let isReal = true;
  for (const name of target.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (!isReal) return undefined;
      names.pop();
    } else {
      names.push(name);
      isReal = false;
    }
  }
  return names.join('/');
}
