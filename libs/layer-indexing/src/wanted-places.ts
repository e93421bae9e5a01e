import type { WantsMatcher } from '@clarion/layer-archive';
import type { DetectorInfo } from '@clarion/model';
import { type DirectoryNode, type FileNode, type LinkNode, resolve, splitPath, type ViewNode } from './merged-view';

/** A file of the merged view that one detector wants. */
export interface WantedPlace {
  readonly detector: string;
  /** Its real path where the detector asks for that, else the wanted path that leads to it. */
  readonly path: string;
  readonly file: FileNode;
  /** Links that led there from one of the wanted paths. */
  readonly links: readonly LinkNode[];
}

/** A wanted path that leads somewhere, but to nothing that any layer's facts could speak about. */
export interface LostPlace {
  readonly path: string;
  readonly link: LinkNode;
  readonly reason: 'loop' | 'unknown target';
}

export interface WantedPlaces {
  readonly found: readonly WantedPlace[];
  readonly lost: readonly LostPlace[];
}

/** Where to look for wanted files, so that a view is searched without visiting all of it. */
export interface SearchPlan {
  readonly matcher: WantsMatcher;
  /** Paths wanted as they are. */
  readonly paths: readonly string[];
  /** Directories in which names are wanted by a pattern, each with such names. */
  readonly listed: ReadonlyMap<string, readonly string[]>;
  /** Whether a pattern stands for directories, so that the whole tree has to be visited. */
  readonly everywhere: boolean;
}

export function planSearch(matcher: WantsMatcher, detectors: readonly Pick<DetectorInfo, 'wants'>[]): SearchPlan {
  const globs = new Set(detectors.flatMap((detector) => detector.wants.paths));
  const paths = [...globs].filter((glob) => !glob.includes('*'));
  const patterns = [...globs].filter((glob) => glob.includes('*')).map((glob) => splitPath(glob));
  const listed = new Map<string, string[]>();
  for (const [parent, name] of patterns) {
    if (!parent.includes('*')) {
      listed.set(parent, [...(listed.get(parent) ?? []), name.replaceAll('*', 'x')]);
    }
  }
  const everywhere = patterns.some(([parent, name]) => parent.includes('*') || name.includes('**'));
  return { matcher, paths, listed, everywhere };
}

/** Finds every wanted file of the view. A file that several names lead to is one place, under its real path. */
export function findWanted(view: DirectoryNode, plan: SearchPlan): WantedPlaces {
  const found = new Map<string, WantedPlace>();
  const lost = new Map<string, LostPlace>(lostDirectories(view, plan).map((place) => [place.path, place]));
  for (const path of candidates(view, plan)) {
    const wantedBy = plan.matcher.match(path);
    if (wantedBy.length === 0) {
      continue;
    }
    const { end, path: realPath, links } = resolve(view, path);
    const link = links.at(-1);
    if (end === 'loop' && link !== undefined) {
      lost.set(path, { path, link, reason: 'loop' });
    } else if (end === 'absent' && link !== undefined && mayExist(realPath, wantedBy, plan.matcher)) {
      lost.set(path, { path, link, reason: 'unknown target' });
    } else if (typeof end !== 'string' && end.kind === 'file') {
      const realWantedBy = plan.matcher.match(realPath);
      for (const detector of wantedBy) {
        const place = { detector, path: realWantedBy.includes(detector) ? realPath : path, file: end, links };
        keepFirst(found, `${detector}\0${realPath}`, place);
      }
    }
  }
  return { found: [...found.values()], lost: [...lost.values()] };
}

/** Of several names for one file the smallest stands for it, and the links of all count, whatever the order. */
function keepFirst(found: Map<string, WantedPlace>, key: string, place: WantedPlace): void {
  const known = found.get(key) ?? place;
  const first = known.path < place.path ? known : place;
  const links = known === place ? place.links : [...known.links, ...place.links];
  found.set(key, { ...first, links });
}

/**
 * A link may lead to a file that no layer was asked for. Were it one that the detectors are given (also under a moved
 * directory), its layer would have recorded it, so it is really not there.
 */
function mayExist(realPath: string, wantedBy: readonly string[], matcher: WantsMatcher): boolean {
  // A link to the null device is the usual way to say "no such file".
  if (realPath === 'dev/null') {
    return false;
  }
  const recorded = matcher.matchMoved(realPath);
  return wantedBy.some((detector) => !recorded.includes(detector));
}

/** Directories that lead to where files of the wanted names are not recorded. */
function lostDirectories(view: DirectoryNode, { listed, matcher }: SearchPlan): LostPlace[] {
  return [...listed].flatMap(([path, names]): LostPlace[] => {
    const { path: realPath, links, end } = resolve(view, path);
    const link = links.at(-1);
    if (link === undefined) {
      return [];
    }
    if (end === 'loop') {
      return [{ path, link, reason: 'loop' }];
    }
    const unknown = names.some((name) => mayExist(`${realPath}/${name}`, matcher.match(`${path}/${name}`), matcher));
    return unknown ? [{ path, link, reason: 'unknown target' }] : [];
  });
}

function* candidates(view: DirectoryNode, plan: SearchPlan): Iterable<string> {
  yield* plan.paths;
  for (const directory of plan.listed.keys()) {
    const { end } = resolve(view, directory);
    if (typeof end !== 'string' && end.kind === 'directory') {
      for (const name of end.children.keys()) {
        yield directory === '' ? name : `${directory}/${name}`;
      }
    }
  }
  if (plan.everywhere) {
    yield* realPaths(view);
  }
}

function* realPaths(view: DirectoryNode): Iterable<string> {
  const pending: (readonly [string, ViewNode])[] = [...view.children];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, node] = next;
    if (node.kind !== 'directory') {
      yield path;
      continue;
    }
    for (const [name, child] of node.children) {
      pending.push([`${path}/${name}`, child]);
    }
  }
}
