import type { FileFilter } from '@clarion/model';
import { compileExceptions } from './excepted-places';
import { compileGlob, hasWildcard, slashBefore } from './glob';

/** The file filters of all detectors combined: called for every entry of every layer. */
export interface FileFilterMatcher {
  /** Ids of the detectors whose globs match the path, but for those whose exceptions do. */
  match(path: string): readonly string[];
  /**
   * Ids that would match if the file's directory had another name through a symbolic link: globs are compared by their
   * last component, and by those before it while the last is a wildcard. So `var/lib/dpkg/status` is any file named
   * `status`, and `status.d/*` any file in any directory `status.d`. Exceptions do not count: the file may have a name
   * elsewhere. Includes all of `match`.
   */
  matchMoved(path: string): readonly string[];
  /** Whether the path is in a place that is excepted from the filter of a detector. */
  isExcepted(id: string, path: string): boolean;
  /** Largest file that the detector reads; 0 for an unknown id. */
  maxBytes(id: string): number;
  /** The filter of a detector. */
  filter(id: string): FileFilter | undefined;
  /** Whether the detector uses the path itself as a fact. */
  byPath(id: string): boolean;
  /** Every literal directory on the way to a path that a filter matches. */
  readonly directories: ReadonlySet<string>;
}

interface Rule {
  readonly id: string;
  readonly matches: (path: string) => boolean;
}

/**
 * Compiles file filters. Lookups by what most globs have (whole path, name, extension, directory) come before any
 * matching.
 */
export function compileFileFilters(
  detectors: readonly { readonly id: string; readonly files: FileFilter }[],
): FileFilterMatcher {
  const globs = detectors.flatMap(({ id, files }) => files.paths.map((glob) => ({ id, glob })));
  const byPath = new Set(detectors.filter(({ files }) => files.byPath === true).map(({ id }) => id));
  const filters = new Map(detectors.map(({ id, files }) => [id, files]));
  const exceptions: Exceptions = new Map(
    detectors.flatMap(({ id, files: { except = [] } }) =>
      except.length === 0 ? [] : [[id, compileExceptions(except)] as const],
    ),
  );
  return {
    match: withoutExcepted(compileIndex(globs), exceptions),
    matchMoved: compileIndex(globs.map(({ id, glob }) => ({ id, glob: movedGlob(glob) }))),
    isExcepted: (id, path) => exceptions.get(id)?.(path) === true,
    maxBytes: (id) => filters.get(id)?.maxBytes ?? 0,
    filter: (id) => filters.get(id),
    byPath: (id) => byPath.has(id),
    directories: new Set(globs.flatMap(({ glob }) => literalDirectories(glob))),
  };
}

type Exceptions = ReadonlyMap<string, (path: string) => boolean>;

function withoutExcepted(
  match: (path: string) => readonly string[],
  exceptions: Exceptions,
): (path: string) => readonly string[] {
  if (exceptions.size === 0) return match;
  return (path) => {
    const ids = match(path);
    const isExcepted = (id: string): boolean => exceptions.get(id)?.(path) === true;
    return ids.some(isExcepted) ? ids.filter((id) => !isExcepted(id)) : ids;
  };
}

/** The glob with everything before its last literal component replaced by `**`. */
function movedGlob(glob: string): string {
  if (glob === '**') return glob;
  const components = glob.split('/');
  let from = components.length - 1;
  while (from > 0 && hasWildcard(components[from] ?? '')) from -= 1;
  return ['**', ...components.slice(from)].join('/');
}

function literalDirectories(glob: string): string[] {
  const directories = glob.split('/').slice(0, -1);
  const wildcard = directories.findIndex(hasWildcard);
  const literal = wildcard < 0 ? directories : directories.slice(0, wildcard);
  return literal.map((_, index) => literal.slice(0, index + 1).join('/'));
}

const none: readonly never[] = [];

type Keyed<Value> = Map<string, Value[]>;

/** Each glob is indexed under its most selective part. */
interface Index {
  /** Whole paths, by the name of the file. */
  readonly paths: Keyed<Rule>;
  readonly names: Keyed<Rule>;
  readonly extensions: Keyed<Rule>;
  readonly directories: Keyed<Rule>;
  readonly beginnings: Keyed<Rule>;
  /** By the name of the directory that the file is in. */
  readonly parents: Keyed<Rule>;
  readonly tops: Keyed<Rule>;
  readonly others: Rule[];
  /** Ids of rules for any path: most look at the contents. */
  any: readonly string[];
  /** Results by the one that they extend and the id that comes last. */
  readonly results: Map<readonly string[], Map<string, readonly string[]>>;
}

function compileIndex(globs: readonly { id: string; glob: string }[]): (path: string) => readonly string[] {
  const index: Index = {
    paths: new Map(),
    names: new Map(),
    extensions: new Map(),
    directories: new Map(),
    beginnings: new Map(),
    parents: new Map(),
    tops: new Map(),
    others: [],
    any: none,
    results: new Map(),
  };
  for (const { id, glob } of globs) file(index, id, glob);
  const lengths = {
    beginnings: lengthsOf(index.beginnings),
    directories: new Set(lengthsOf(index.directories)),
    parents: new Set(lengthsOf(index.parents)),
    tops: new Set(lengthsOf(index.tops)),
  };
  // Paths that are looked up one after the other often end in the same name.
  let known: NamedRules = { name: '', rules: none };
  return (path) => {
    const slash = slashBefore(path, path.length);
    if (path.length - slash - 1 !== known.name.length || !path.endsWith(known.name)) {
      const name = path.slice(slash + 1);
      known = { name, rules: rulesOf(index, lengths.beginnings, name) };
    }
    return lookUp(index, lengths, { path, slash, rules: known.rules });
  };
}

/** The rules for files of a name, wherever they are. */
interface NamedRules {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** Lengths of the keys of an index: parts of paths of other lengths are not looked up. */
interface KeyLengths {
  readonly beginnings: readonly number[];
  readonly directories: ReadonlySet<number>;
  readonly parents: ReadonlySet<number>;
  readonly tops: ReadonlySet<number>;
}

function lengthsOf(keyed: Keyed<Rule>): readonly number[] {
  return [...new Set([...keyed.keys()].map(({ length }) => length))];
}

function file(index: Index, id: string, glob: string): void {
  if (glob === '**') {
    if (!index.any.includes(id)) index.any = [...index.any, id];
    return;
  }
  if (!hasWildcard(glob)) {
    add(index.paths, split(glob).name, { id, matches: (path) => path === glob });
    return;
  }
  const { directory, name } = split(glob);
  const rule = { id, matches: compileGlob(glob) };
  const extension = extensionOf(name);
  const parent = split(directory).name;
  const top = glob.slice(0, Math.max(glob.indexOf('/'), 0));
  if (!hasWildcard(name)) add(index.names, name, directory === '**' ? { id, matches: always } : rule);
  else if (!hasWildcard(directory) && name !== '**') add(index.directories, directory, rule);
  else if (extension !== '' && !hasWildcard(extension)) add(index.extensions, extension, rule);
  else if (literalBeginning(name) !== '') add(index.beginnings, literalBeginning(name), rule);
  else if (name !== '**' && parent !== '' && !hasWildcard(parent)) add(index.parents, parent, rule);
  else if (top !== '' && !hasWildcard(top)) add(index.tops, top, rule);
  else index.others.push(rule);
}

function rulesOf(index: Index, beginnings: readonly number[], name: string): readonly Rule[] {
  let rules: readonly Rule[] = none;
  const take = (more: readonly Rule[] | undefined): void => {
    if (more !== undefined) rules = rules.length === 0 ? more : [...rules, ...more];
  };
  take(index.paths.get(name));
  take(index.names.get(name));
  if (index.extensions.size > 0) take(index.extensions.get(extensionOf(name)));
  for (const length of beginnings) take(index.beginnings.get(name.slice(0, length)));
  return rules;
}

interface LookedUp {
  readonly path: string;
  /** Where its last slash is. */
  readonly slash: number;
  /** Those for its name. */
  readonly rules: readonly Rule[];
}

function lookUp(index: Index, lengths: KeyLengths, { path, slash, rules }: LookedUp): readonly string[] {
  let ids = collect(index, index.any, { rules, path });
  const end = Math.max(slash, 0);
  if (lengths.directories.has(end))
    ids = collect(index, ids, { rules: index.directories.get(path.slice(0, end)), path });
  if (lengths.parents.size > 0) {
    const parent = slashBefore(path, end) + 1;
    if (lengths.parents.has(end - parent))
      ids = collect(index, ids, { rules: index.parents.get(path.slice(parent, end)), path });
  }
  if (lengths.tops.size > 0) {
    const top = Math.max(path.indexOf('/'), 0);
    if (lengths.tops.has(top)) ids = collect(index, ids, { rules: index.tops.get(path.slice(0, top)), path });
  }
  return collect(index, ids, { rules: index.others, path });
}

function collect(
  index: Index,
  ids: readonly string[],
  { rules, path }: { readonly rules: readonly Rule[] | undefined; readonly path: string },
): readonly string[] {
  let all = ids;
  if (rules === undefined) return ids;
  for (const { id, matches } of rules) if (!all.includes(id) && matches(path)) all = withId(index, all, id);
  return all;
}

/** One array for equal results: most paths that match at all match the same filters. */
function withId({ results }: Index, ids: readonly string[], id: string): readonly string[] {
  let longer = results.get(ids);
  if (longer === undefined) results.set(ids, (longer = new Map<string, readonly string[]>()));
  const known = longer.get(id);
  if (known !== undefined) return known;
  const all = [...ids, id];
  longer.set(id, all);
  return all;
}

function add<Value>(map: Keyed<Value>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else if (!values.includes(value)) values.push(value);
}

function always(): boolean {
  return true;
}

function split(path: string): { directory: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { directory: path.slice(0, Math.max(slash, 0)), name: path.slice(slash + 1) };
}

/** Most characters of a name that rules are indexed by. */
const longestBeginning = 3;

/** What a glob of names has before its first wildcard. */
function literalBeginning(name: string): string {
  return name.slice(0, Math.min(longestBeginning, name.indexOf('*')));
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot);
}
