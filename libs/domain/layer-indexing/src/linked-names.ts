import type { FileFilterMatcher } from '@clarion/layer-archive';
import type { WorkBudget } from '@clarion/model';
import { pathDetectors } from './file-selection';
import type { FilteredFile, NamedFile, UnresolvedPath } from './filtered-files';
import { leadsSomewhere, mayExist } from './relevant-paths';
import { type ResolvedPath, resolve } from './resolve-path';
import type { SearchPlan } from './search-plan';
import { splitPath } from './split-path';
import { childrenOf, type DirectoryNode, type FileNode, type LinkNode, type MergedView } from './view-tree';

/** Files that filtered paths lead to through links, and filtered paths that lead to nothing that is known. */
export interface LinkedNames {
  readonly found: readonly NamedFile[];
  readonly lost: readonly UnresolvedPath[];
}

/**
 * The cost of a candidate name in addition to the steps to it: patterns are matched against it, and results are kept.
 */
export const candidateSteps = 10;
/** Characters whose joining, matching and hashing costs one step. */
const charactersOfStep = 16;

/** `links` are the real paths of the links of the view that match filters. */
export function findLinkedNames(view: MergedView, plan: SearchPlan, links: Iterable<string>): LinkedNames {
  const found: NamedFile[] = [];
  const lost = new Map<string, UnresolvedPath>(unresolvedDirectories(view, plan).map((one) => [one.path, one]));
  for (const path of candidates(view, plan, links)) {
    const resolved = resolve(view, path);
    if (resolved.links.length === 0) continue;
    if (!view.budget.spend(candidateSteps)) break;
    const wantedBy = matchingDetectors(path, plan, view.budget);
    for (const one of namesOf(path, resolved, { plan, wantedBy })) found.push(one);
    const reason = reasonOfLoss(resolved, pathDetectors(plan.matcher, wantedBy), plan.matcher);
    const link = resolved.links.at(-1);
    if (reason !== undefined && link !== undefined) lost.set(path, { path, link, reason });
    else if (link !== undefined) {
      const unread = unreadArchive(path, resolved, { plan, wantedBy });
      if (unread !== undefined) lost.set(path, { path, link, reason: 'unknown target', file: unread });
    }
  }
  return { found, lost: [...lost.values()] };
}

/** The detectors whose filters by name match `path`; none when the budget is used up. */
export function matchingDetectors(path: string, { matcher }: SearchPlan, budget: WorkBudget): readonly string[] {
  return budget.spend(Math.floor(path.length / charactersOfStep)) ? matcher.match(path) : [];
}

/** The detectors with filters by content that match `path` and were given the file, as far as that is known. */
export function givenByContent({ byContent, givenTo }: SearchPlan, file: FileNode, path: string): readonly string[] {
  if (byContent !== undefined && file.isLost === true) return byContent.match(path);
  const given = byContent === undefined ? [] : givenTo(file);
  return given.length === 0 ? given : given.filter((id) => byContent?.match(path).includes(id));
}

/** What the filtered `path` finds by links. */
function* namesOf(
  path: string,
  { end, path: realPath, links }: ResolvedPath,
  { plan, wantedBy }: { readonly plan: SearchPlan; readonly wantedBy: readonly string[] },
): Generator<NamedFile> {
  if (typeof end === 'string' || end.kind !== 'file') return;
  const { matcher } = plan;
  const name = (detector: string, own: readonly string[]): FilteredFile => {
    const unseen = isUnseen(plan, detector, { realPath, links });
    return { detector, path: own.includes(detector) ? realPath : path, file: end, links, unseen };
  };
  // Filters by more than the path select a file by its own path only.
  const followed = pathDetectors(matcher, wantedBy);
  const moved = followed.length === wantedBy.length ? [] : matcher.matchMoved(realPath);
  const own = matcher.match(realPath);
  for (const detector of wantedBy) {
    if (followed.includes(detector) || moved.includes(detector)) yield { realPath, named: name(detector, own) };
  }
  for (const detector of givenByContent(plan, end, path)) {
    // At its real path it is found by itself.
    if (plan.byContent?.match(realPath).includes(detector) === true) continue;
    yield { realPath, named: { detector, path, file: end, links, unseen: false } };
  }
}

/**
 * The file that the name of an archive leads to where its own name is not one of an archive: it was not opened. Programs
 * are recognised by any name.
 */
function unreadArchive(
  path: string,
  { end, path: realPath }: ResolvedPath,
  { plan, wantedBy }: { readonly plan: SearchPlan; readonly wantedBy: readonly string[] },
): string | undefined {
  if (end !== 'absent') return undefined;
  const isUnread = (matcher: FileFilterMatcher, ids: readonly string[]): boolean => {
    const archives = ids.filter((id) => matcher.filter(id)?.excerpt?.kind === 'zip-members');
    return archives.length > 0 && mayExist(realPath, archives, matcher);
  };
  const { matcher, someByContent } = plan;
  const isAny =
    isUnread(matcher, wantedBy) || (someByContent !== undefined && isUnread(someByContent, someByContent.match(path)));
  return isAny ? realPath : undefined;
}

function reasonOfLoss(
  { end, path: realPath }: ResolvedPath,
  followed: readonly string[],
  matcher: FileFilterMatcher,
): UnresolvedPath['reason'] | undefined {
  if (end === 'loop') return followed.length > 0 ? 'loop' : undefined;
  return end === 'absent' && mayExist(realPath, followed, matcher) ? 'unknown target' : undefined;
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

/** Paths that may lead through links to filtered files. */
function* candidates(view: MergedView, plan: SearchPlan, links: Iterable<string>): Generator<string> {
  yield* plan.paths;
  yield* links;
  for (const directory of plan.listed.keys()) {
    const { end, links: followed } = resolve(view, directory);
    if (followed.length === 0 || typeof end === 'string' || end.kind !== 'directory') continue;
    for (const name of childrenOf(view, end).keys()) yield join(directory, name);
  }
  for (const tree of plan.trees) yield* pathsBelow(view, tree);
}

/** The paths of a tree behind a link. */
function* pathsBelow(view: MergedView, top: string): Generator<string> {
  const { end, links } = resolve(view, top);
  if (links.length === 0 || typeof end === 'string') return;
  if (end.kind !== 'directory') {
    yield top;
    return;
  }
  const pending: (readonly [string, DirectoryNode])[] = [[top, end]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, directory] = next;
    for (const [name, node] of childrenOf(view, directory)) {
      if (!view.budget.spend(1)) return;
      if (node.kind === 'directory') pending.push([join(path, name), node]);
      else yield join(path, name);
    }
  }
}

function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
