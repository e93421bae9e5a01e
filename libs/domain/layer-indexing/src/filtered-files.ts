import type { FileFilterMatcher } from '@clarion/layer-archive';
import type { DetectorInfo, WorkBudget } from '@clarion/model';
import { pathDetectors } from './file-selection';
import { compileLayerFilters } from './layer-filters';
import { directoryNames, leadsSomewhere } from './relevant-paths';
import { resolve } from './resolve-path';
import { type DirectoryNode, type FileNode, type LinkNode, type MergedView } from './view-tree';
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
  /** The filters by name. */
  readonly matcher: FileFilterMatcher;
  readonly byContent: FileFilterMatcher | undefined;
  /** The detectors with filters by content that were given the file. */
  readonly givenTo: (file: FileNode) => readonly string[];
  /** Literal paths. */
  readonly paths: readonly string[];
  /** Directories whose file names are matched by a pattern, each with sample names that match. */
  readonly listed: ReadonlyMap<string, readonly string[]>;
  /** Directories that are searched with everything below them, for patterns over directories. */
  readonly trees: readonly string[];
  /** Names of directories on the way to filtered files. */
  readonly directoryNames: ReadonlySet<string>;
  /** What earlier searches found out about files at their real paths: most stay from layer to layer. */
  readonly known: WeakMap<FileNode, KnownFile>;
}

/** A file in a directory of the view, and the detectors whose filters match its path. */
interface KnownFile {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly path: string;
  readonly detectors: readonly string[];
}

export function planSearch(
  detectors: readonly Pick<DetectorInfo, 'id' | 'files'>[],
  givenTo: SearchPlan['givenTo'],
): SearchPlan {
  const { byName: matcher, byContent } = compileLayerFilters(detectors);
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
  return {
    matcher,
    byContent,
    givenTo,
    paths,
    listed,
    trees: [...new Set(trees)],
    directoryNames: directoryNames(matcher),
    known: new WeakMap(),
  };
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
  for (const { path, file, detectors } of candidates(view, plan)) {
    const wantedBy = detectors ?? matchingDetectors(path, plan, view.budget);
    if (wantedBy.length === 0 && plan.byContent === undefined) continue;
    if (file !== undefined) {
      for (const detector of wantedBy) {
        keepFound(found, { detector, path, file, links: [], unseen: false }, { realPath: path, plan });
      }
      continue;
    }
    const { end, path: realPath, links } = resolve(view, path);
    const link = links.at(-1);
    if (!view.budget.spend(candidateSteps)) break;
    if (typeof end !== 'string' && end.kind === 'file') {
      for (const detector of givenByContent(plan, end, path)) {
        const isMoved = plan.byContent?.match(realPath).includes(detector) !== true;
        // At its real path it is found by itself.
        if (link !== undefined && !isMoved) continue;
        keepFound(found, { detector, path, file: end, links: [...links], unseen: false }, { realPath, plan });
      }
    }
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
        keepFound(found, { detector, path: name, file: end, links: [...links], unseen }, { realPath, plan });
      }
    }
  }
  return { found: [...found.values()], lost: [...lost.values()] };
}

/** The detectors with filters by content that match `path` and were given the file, as far as that is known. */
function givenByContent({ byContent, givenTo }: SearchPlan, file: FileNode, path: string): readonly string[] {
  if (byContent !== undefined && file.isLost === true) return byContent.match(path);
  const given = byContent === undefined ? [] : givenTo(file);
  return given.length === 0 ? given : given.filter((id) => byContent?.match(path).includes(id));
}

/** The detectors whose filters by name match `path`; none when the budget is used up. */
function matchingDetectors(path: string, { matcher }: SearchPlan, budget: WorkBudget): readonly string[] {
  return budget.spend(Math.floor(path.length / charactersOfStep)) ? matcher.match(path) : [];
}

/** A detector that takes facts from the path is given each name of a file, others a file once. */
function keepFound(
  found: PairMap<GrowingFile>,
  file: GrowingFile,
  { realPath, plan }: { readonly realPath: string; readonly plan: SearchPlan },
): void {
  const { detector, file: node } = file;
  if (plan.matcher.byPath(detector) || plan.byContent?.byPath(detector) === true)
    keepFirst(found, [detector, realPath], file);
  else keepFirst(found, [`${detector}\0${node.layer}`, node.path], file);
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

/** A path to look at. */
interface CandidatePath {
  readonly path: string;
  /** The file there, where the path is known to be its real one. */
  readonly file?: FileNode;
  /** The detectors whose filters match the path, where that is known. */
  readonly detectors?: readonly string[];
}

function* candidates(view: MergedView, plan: SearchPlan): Iterable<CandidatePath> {
  for (const path of plan.paths) yield { path };
  for (const directory of plan.listed.keys()) {
    const { end } = resolve(view, directory);
    if (typeof end !== 'string' && end.kind === 'directory') {
      for (const name of end.children.keys()) yield { path: pathIn(directory, name) };
    }
  }
  for (const tree of plan.trees) yield* pathsBelow(view, tree, plan);
}

function* pathsBelow(view: MergedView, top: string, plan: SearchPlan): Iterable<CandidatePath> {
  const { end, links } = resolve(view, top);
  if (typeof end === 'string') return;
  if (end.kind !== 'directory') {
    yield { path: top };
    return;
  }
  const pending: (readonly [string, DirectoryNode])[] = [[top, end]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, directory] = next;
    for (const [name, node] of directory.children) {
      if (!view.budget.spend(1)) return;
      if (node.kind === 'directory') pending.push([pathIn(path, name), node]);
      else if (node.kind === 'link' || links.length > 0) yield { path: pathIn(path, name) };
      else yield realFile(node, { path, directory, name }, { view, plan });
    }
  }
}

function pathIn(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

/**
 * A file at its real path. What is known about it saves comparing its path with all filters for every layer; the text is
 * used again because hashing the paths of all files takes longer than the rest of a search.
 */
function realFile(
  file: FileNode,
  place: { readonly path: string; readonly directory: DirectoryNode; readonly name: string },
  { view, plan }: { readonly view: MergedView; readonly plan: SearchPlan },
): CandidatePath {
  const { directory, name } = place;
  const known = plan.known.get(file);
  if (known?.directory === directory && known.name === name) {
    return { path: known.path, file, detectors: known.detectors };
  }
  const path = pathIn(place.path, name);
  const detectors = [...matchingDetectors(path, plan, view.budget), ...givenByContent(plan, file, path)];
  view.budget.spend(detectors.length === 0 ? 0 : candidateSteps);
  plan.known.set(file, { directory, name, path, detectors });
  return { path, file, detectors };
}
