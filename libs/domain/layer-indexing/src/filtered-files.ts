import type { FileFilterMatcher } from '@clarion/layer-archive';
import type { DetectorInfo } from '@clarion/model';
import { pathDetectors } from './file-selection';
import { directoryNames, leadsSomewhere } from './relevant-paths';
import { type FileNode, type LinkNode, type MergedView, resolve, type ViewNode } from './merged-view';
import { splitPath } from './split-path';
import { PairMap } from './pair-map';

/**
 * A file of the merged view that matches the filters of one detector: one file, however many links of either kind
 * lead to it.
 */
export interface FilteredFile {
  readonly detector: string;
  /** The smallest of its real paths that match the detector's filters, else the filtered path that leads to it. */
  readonly path: string;
  readonly file: FileNode;
  /** Links that led there from the filtered paths. */
  readonly links: readonly LinkNode[];
  /** Whether it was reached by names that layers do not record: one above may have changed them unseen. */
  readonly unseen: boolean;
}

/** A filtered path that leads somewhere, but to nothing that any layer's facts could describe. */
export interface UnresolvedPath {
  readonly path: string;
  readonly link: LinkNode;
  readonly reason: 'loop' | 'unknown target';
}

export interface FilteredFiles {
  readonly found: readonly FilteredFile[];
  readonly lost: readonly UnresolvedPath[];
}

/** Where to look for filtered files, so that a search does not visit the whole view. */
export interface SearchPlan {
  readonly matcher: FileFilterMatcher;
  /** Literal paths. */
  readonly paths: readonly string[];
  /** Directories whose file names are matched by a pattern, each with sample names that match. */
  readonly listed: ReadonlyMap<string, readonly string[]>;
  /** Directories that are searched with everything below them, for patterns over directories. */
  readonly trees: readonly string[];
  /** Names of directories on the way to filtered files. */
  readonly directoryNames: ReadonlySet<string>;
}

export function planSearch(matcher: FileFilterMatcher, detectors: readonly Pick<DetectorInfo, 'files'>[]): SearchPlan {
  const globs = new Set(detectors.flatMap((detector) => detector.files.paths));
  const paths = [...globs].filter((glob) => !glob.includes('*'));
  const patterns = [...globs].filter((glob) => glob.includes('*')).map((glob) => splitPath(glob));
  const listed = new Map<string, string[]>();
  for (const [parent, name] of patterns) {
    if (!parent.includes('*')) {
      listed.set(parent, [...(listed.get(parent) ?? []), name.replaceAll('*', 'x')]);
    }
  }
  const trees = patterns.flatMap(([parent, name]) => {
    return parent.includes('*') || name.includes('**') ? [literalStart(parent)] : [];
  });
  return { matcher, paths, listed, trees: [...new Set(trees)], directoryNames: directoryNames(matcher) };
}

/** The directory above the first component with a wildcard. */
function literalStart(directory: string): string {
  const components = directory.split('/');
  const wildcard = components.findIndex((component) => component.includes('*'));
  return components.slice(0, wildcard < 0 ? undefined : wildcard).join('/');
}

/** A file while more names for it may be found. */
type GrowingFile = Omit<FilteredFile, 'links' | 'unseen'> & { readonly links: LinkNode[]; unseen: boolean };

/**
 * The cost of a candidate name in addition to the steps to it: patterns are matched against it, and results are kept.
 */
const candidateSteps = 10;
/** Characters whose joining, matching and hashing costs one step. */
const charactersOfStep = 16;

/** Finds every file of the view that matches a filter, as far as the budget allows. */
export function findFilteredFiles(view: MergedView, plan: SearchPlan): FilteredFiles {
  const found = new PairMap<GrowingFile>();
  const lost = new Map<string, UnresolvedPath>(unresolvedDirectories(view, plan).map((one) => [one.path, one]));
  for (const path of candidates(view, plan)) {
    if (!view.budget.spend(Math.floor(path.length / charactersOfStep))) break;
    const wantedBy = plan.matcher.match(path);
    if (wantedBy.length === 0) {
      continue;
    }
    const { end, path: realPath, links } = resolve(view, path);
    const link = links.at(-1);
    if (!view.budget.spend(candidateSteps)) break;
    // Filters by more than the path select a file by its own path only.
    const followed = link === undefined ? wantedBy : pathDetectors(plan.matcher, wantedBy);
    if (end === 'loop' && link !== undefined && followed.length > 0) {
      lost.set(path, { path, link, reason: 'loop' });
    } else if (end === 'absent' && link !== undefined && mayExist(realPath, followed, plan.matcher)) {
      lost.set(path, { path, link, reason: 'unknown target' });
    } else if (typeof end !== 'string' && end.kind === 'file') {
      const wantedByRealPath = plan.matcher.match(realPath);
      const own = followed.length === wantedBy.length ? [] : plan.matcher.matchMoved(realPath);
      for (const detector of wantedBy) {
        if (!followed.includes(detector) && !own.includes(detector)) continue;
        const name = wantedByRealPath.includes(detector) ? realPath : path;
        const unseen = link !== undefined && isUnseen(plan, detector, { realPath, links });
        const file = { detector, path: name, file: end, links: [...links], unseen };
        if (plan.matcher.byPath(detector)) keepFirst(found, [detector, realPath], file);
        else keepFirst(found, [`${detector}\0${end.layer}`, end.path], file);
      }
    }
  }
  return { found: [...found.values()], lost: [...lost.values()] };
}

/** Of several names for one file, the smallest represents it, and the links of all count, in any order. */
function keepFirst(found: PairMap<GrowingFile>, key: readonly [string, string], file: GrowingFile): void {
  const known = found.get(...key);
  if (known === undefined) {
    found.set(...key, file);
    return;
  }
  for (const link of file.links) known.links.push(link);
  known.unseen ||= file.unseen;
  if (file.path < known.path) found.set(...key, { ...file, links: known.links, unseen: known.unseen });
}

/**
 * Whether a layer above could replace something on the path of links from a filtered path without its record showing
 * it.
 */
function isUnseen(
  { matcher, directoryNames: names }: SearchPlan,
  detector: string,
  { realPath, links }: { readonly realPath: string; readonly links: readonly LinkNode[] },
): boolean {
  if (!matcher.matchMoved(realPath).includes(detector)) return true;
  return links.some(({ path }) => !leadsSomewhere(path, matcher) && !names.has(splitPath(path)[1]));
}

/**
 * A link may lead to a file that no layer recorded. If that were a file that the detectors get (also under a moved
 * directory), its layer would have recorded it, so it really does not exist.
 */
function mayExist(realPath: string, wantedBy: readonly string[], matcher: FileFilterMatcher): boolean {
  // A link to the null device is the usual way to mask a file.
  if (realPath === 'dev/null') {
    return false;
  }
  const recorded = matcher.matchMoved(realPath);
  return wantedBy.some((detector) => !recorded.includes(detector));
}

/** Directories that lead to places where files of the filtered names are not recorded. */
function unresolvedDirectories(view: MergedView, { listed, matcher }: SearchPlan): UnresolvedPath[] {
  return [...listed].flatMap(([path, names]): UnresolvedPath[] => {
    const { path: realPath, links, end } = resolve(view, path);
    const link = links.at(-1);
    if (link === undefined) {
      return [];
    }
    const asking = (name: string): readonly string[] => pathDetectors(matcher, matcher.match(`${path}/${name}`));
    if (end === 'loop') {
      return names.some((name) => asking(name).length > 0) ? [{ path, link, reason: 'loop' }] : [];
    }
    const unknown = names.some((name) => mayExist(`${realPath}/${name}`, asking(name), matcher));
    return unknown ? [{ path, link, reason: 'unknown target' }] : [];
  });
}

function* candidates(view: MergedView, plan: SearchPlan): Iterable<string> {
  yield* plan.paths;
  for (const directory of plan.listed.keys()) {
    const { end } = resolve(view, directory);
    if (typeof end !== 'string' && end.kind === 'directory') {
      for (const name of end.children.keys()) {
        yield directory === '' ? name : `${directory}/${name}`;
      }
    }
  }
  for (const tree of plan.trees) yield* pathsBelow(view, tree);
}

function* pathsBelow(view: MergedView, directory: string): Iterable<string> {
  const { end } = resolve(view, directory);
  const pending: (readonly [string, ViewNode])[] = typeof end === 'string' ? [] : [[directory, end]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, node] = next;
    if (!view.budget.spend(1)) return;
    if (node.kind !== 'directory') {
      yield path;
      continue;
    }
    for (const [name, child] of node.children) {
      pending.push([path === '' ? name : `${path}/${name}`, child]);
    }
  }
}
