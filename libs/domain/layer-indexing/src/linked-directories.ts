import { type GlobRest, keyOfRest, sampleName } from './directory-globs';
import { DirectorySearch, type FoundFile } from './directory-search';
import { isPathFilter, pathDetectors } from './file-selection';
import type { NamedFile, UnresolvedPath } from './filtered-files';
import { mayExist } from './relevant-paths';
import { resolve } from './resolve-path';
import type { SearchPlan } from './search-plan';
import type { DirectoryNode, LinkNode, MergedView, RemovedFiles, ViewChange } from './view-tree';

/** A link whose name matches the beginnings of globs, and what was found below its target. */
interface DirectoryLink {
  readonly path: string;
  /** What is left of the globs. */
  readonly rests: readonly GlobRest[];
  found: readonly NamedFile[];
  /** What it is the first to search its target for: of several links to one directory, one finds what is there. */
  own: { readonly directory: DirectoryNode; readonly keys: readonly string[] } | undefined;
  /** The directories that it was found in. */
  searched: readonly DirectoryNode[];
  lost: UnresolvedPath | undefined;
}

/** The cost of a found file in addition to the steps to it. */
const fileSteps = 10;

/**
 * The filtered files in the directories that links lead to: those of `app/node_modules/x` where `app/node_modules` is a
 * link. Links in those directories are followed, too, where they stand for one component of a glob. They are found at
 * their real paths, as a package is the directory that it is in, however many links to that there are; the
 * distribution's lists of files have that path, too. A link is followed again only when something changed that it may
 * have led through.
 */
export class LinkedDirectories {
  private readonly view: MergedView;
  private readonly plan: SearchPlan;
  private readonly links = new Map<string, DirectoryLink>();
  /** The rests of globs that a link has searched a directory for. */
  private readonly keysByTarget = new Map<DirectoryNode, Set<string>>();
  private readonly bySearched = new Map<DirectoryNode, Set<DirectoryLink>>();
  /** Those for which the next directory or link may be what they lead to. */
  private readonly open = new Set<DirectoryLink>();
  /** Those that are followed each time. */
  private readonly always = new Set<DirectoryLink>();
  private stale = new Set<DirectoryLink>();
  private changes: 'some' | 'all' | undefined;
  private gone: NamedFile[] = [];

  constructor(view: MergedView, plan: SearchPlan) {
    this.view = view;
    this.plan = plan;
  }

  /** Number of the links. */
  get size(): number {
    return this.links.size;
  }

  /** Prepares for layers whose changes are taken back later; between two layers. */
  begin(): void {
    this.view.journal.onRollBack(() => {
      this.changes = undefined;
      this.stale = new Set();
      this.gone = [];
    });
  }

  /** Adds the link at the real path `path`. */
  add(path: string, rests: readonly GlobRest[]): void {
    this.remove(path);
    const link: DirectoryLink = { path, rests, found: [], own: undefined, searched: [], lost: undefined };
    this.view.journal.set(this.links, path, link);
    this.stale.add(link);
  }

  remove(path: string): void {
    const link = this.links.get(path);
    if (link === undefined) return;
    this.forget(link);
    this.view.journal.delete(this.links, path);
    this.stale.delete(link);
  }

  /** Takes a change of the view. */
  changed(change: ViewChange | RemovedFiles): void {
    if (this.links.size === 0) return;
    const { directory } = change;
    const { before, after } = 'untouched' in change ? { before: directory, after: undefined } : change;
    if (before !== undefined && before.kind !== 'file') this.changes = 'all';
    else if (after !== undefined && after.kind !== 'file') this.changes ??= 'some';
    for (const link of this.bySearched.get(directory) ?? []) {
      if (!this.view.budget.spend(1)) return;
      this.stale.add(link);
    }
  }

  /** What is no longer found, and what is, since the last call. */
  update(): { readonly removed: readonly NamedFile[]; readonly added: readonly NamedFile[] } {
    const added: NamedFile[] = [];
    const { changes, stale } = this;
    this.changes = undefined;
    const others = changes === 'all' ? this.links.values() : [...this.always, ...(changes === 'some' ? this.open : [])];
    for (const link of new Set([...stale, ...others])) {
      this.forget(link);
      if (!this.view.budget.spend(1)) break;
      this.follow(link);
      for (const one of link.found) added.push(one);
    }
    const removed = this.gone;
    this.gone = [];
    this.stale = new Set();
    return { removed, added };
  }

  /** Links that lead nowhere, and those to directories where files of such names are not recorded. */
  lost(): readonly UnresolvedPath[] {
    return [...this.links.values()].flatMap(({ lost }) => lost ?? []);
  }

  private forget(link: DirectoryLink): void {
    for (const one of link.found) this.gone.push(one);
    const { journal } = this.view;
    for (const directory of link.searched) {
      const links = this.bySearched.get(directory);
      if (links !== undefined) journal.delete(links, link);
    }
    journal.delete(this.open, link);
    journal.delete(this.always, link);
    if (link.own !== undefined) {
      const keys = this.keysByTarget.get(link.own.directory);
      for (const key of link.own.keys) if (keys !== undefined) journal.delete(keys, key);
    }
    journal.assign(link, 'found', []);
    journal.assign(link, 'own', undefined);
    journal.assign(link, 'searched', []);
    journal.assign(link, 'lost', undefined);
  }

  private follow(link: DirectoryLink): void {
    const { view, plan } = this;
    const { journal } = view;
    const resolved = resolve(view, link.path);
    journal.assign(link, 'lost', lossOf(link, resolved, plan));
    const search = new DirectorySearch(view, plan.directories);
    const { end, links } = resolved;
    if (typeof end !== 'string' && end.kind === 'directory') {
      for (const rest of this.own(link, end)) search.search(link.path, end, rest);
    } else journal.add(this.open, link);
    if (search.isOpen) journal.add(this.open, link);
    if (search.hasFileLinks) journal.add(this.always, link);
    journal.assign(
      link,
      'found',
      search.found.flatMap((one) => this.named(one, links)),
    );
    journal.assign(link, 'searched', [...search.searched]);
    for (const directory of link.searched) {
      const known = this.bySearched.get(directory);
      if (known === undefined) journal.set(this.bySearched, directory, new Set([link]));
      else journal.add(known, link);
    }
  }

  /** What a link is the first to search its target for. When another is removed, all are followed again. */
  private own(link: DirectoryLink, directory: DirectoryNode): readonly GlobRest[] {
    const { journal } = this.view;
    const keys = this.keysByTarget.get(directory) ?? new Set<string>();
    if (keys.size === 0) journal.set(this.keysByTarget, directory, keys);
    const rests = link.rests.filter((rest) => !keys.has(keyOfRest(rest)));
    const own = { directory, keys: rests.map(keyOfRest) };
    journal.assign(link, 'own', own);
    for (const key of own.keys) journal.add(keys, key);
    return rests;
  }

  private named({ detector, name, realPath, file }: FoundFile, links: readonly LinkNode[]): readonly NamedFile[] {
    const { matcher } = this.plan;
    // At its real path it is found by itself.
    if (!this.view.budget.spend(fileSteps) || matcher.match(realPath).includes(detector)) return [];
    if (matcher.isExcepted(detector, name)) return [];
    const filter = matcher.filter(detector);
    const isRecorded = matcher.matchMoved(realPath).includes(detector);
    // Filters by more than the path select a file by its own path only.
    if (!isRecorded && filter !== undefined && !isPathFilter(filter)) return [];
    // What replaces it, or a link to it, is known by its name, whatever it is; files that are not read are `lost`.
    return [{ realPath, named: { detector, path: realPath, file, links, unseen: false } }];
  }
}

type ResolvedLink = ReturnType<typeof resolve>;

function lossOf(
  { path, rests }: DirectoryLink,
  { end, path: realPath, links }: ResolvedLink,
  { matcher }: SearchPlan,
): UnresolvedPath | undefined {
  const asked = rests.filter(({ detector }) => pathDetectors(matcher, [detector]).length > 0);
  const link = links.at(-1);
  if (link === undefined || asked.length === 0) return undefined;
  if (end === 'loop') return { path, link, reason: 'loop' };
  const unknown = asked.filter((rest) => mayExist(sampleName(realPath, rest), [rest.detector], matcher));
  if (unknown.length === 0) return undefined;
  return { path, link, reason: 'unknown target', below: { directory: realPath, rests: unknown } };
}
