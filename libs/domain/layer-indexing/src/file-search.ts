import { LinkedDirectories } from './linked-directories';
import type { FilteredFile, FilteredFiles, FoundChanges, NamedFile, UnresolvedPath } from './filtered-files';
import { candidateSteps, findLinkedNames, givenByContent, matchingDetectors } from './linked-names';
import { PairMap } from './pair-map';
import type { SearchPlan } from './search-plan';
import {
  type DirectoryNode,
  type FileNode,
  type LinkNode,
  type MergedView,
  pathOfNode,
  type ViewChange,
} from './view-tree';

/** One found file: its names, and what represents them. */
interface SearchedFile {
  /** Most files have one. */
  names: FilteredFile | readonly FilteredFile[];
  shown: FilteredFile | undefined;
}

const none: readonly never[] = [];

/**
 * Finds the files of a view that match filters, from layer to layer by what changed: a file at its real path costs
 * nothing until it changes. Names that lead to files through links, of which there are few, are resolved for each layer.
 */
export class FileSearch {
  private readonly view: MergedView;
  private readonly plan: SearchPlan;
  private readonly places = new PairMap<SearchedFile>();
  private touched = new Set<SearchedFile>();
  /** Real paths of links that match filters. */
  private readonly links = new Set<string>();
  /** Real paths of links to directories whose files match filters by the names of the links. */
  private readonly directories: LinkedDirectories;
  private linked: readonly NamedFile[] = none;
  private lost: readonly UnresolvedPath[] = none;

  constructor(view: MergedView, plan: SearchPlan) {
    this.view = view;
    this.plan = plan;
    this.directories = new LinkedDirectories(view, plan);
  }

  /** Takes what changed in the view since the last call, as far as the budget allows. */
  update(): FoundChanges {
    const { changes, budget } = this.view;
    for (const change of changes) {
      if (!budget.spend(1)) break;
      this.take(change);
      this.directories.changed(change);
    }
    changes.length = 0;
    const { found, lost } = findLinkedNames(this.view, this.plan, this.links);
    this.lost = lost;
    if (!areSame(this.linked, found)) {
      for (const one of this.linked) this.drop(one);
      for (const one of found) this.add(one);
      this.linked = found;
    }
    const { removed, added } = this.directories.update();
    for (const one of removed) this.drop(one);
    for (const one of added) this.add(one);
    return this.settle();
  }

  /** Whether entries with any name can matter, as they may replace a link to a directory with files that were found. */
  get needsNames(): boolean {
    return this.directories.size > 0;
  }

  /** Every file of the view that matches a filter, and every name that leads to nothing known. */
  files(): FilteredFiles {
    const found: FilteredFile[] = [];
    for (const { shown } of this.places.values()) if (shown !== undefined) found.push(shown);
    return { found, lost: [...this.lost, ...this.directories.lost()] };
  }

  private take({ directory, name, before, after }: ViewChange): void {
    if (before?.kind === 'directory') this.dropBelow(before);
    else if (before?.kind === 'file') this.dropFile(pathOfNode(directory, name, before), before);
    else if (before !== undefined) this.dropLink(pathOfNode(directory, name, before));
    if (after?.kind === 'file') this.addFile(pathOfNode(directory, name, after), after);
    else if (after?.kind === 'link') this.addLink(pathOfNode(directory, name, after), after);
  }

  private addLink(path: string, { target }: LinkNode): void {
    const { plan, view } = this;
    const isWanted =
      matchingDetectors(path, plan, view.budget).length > 0 || (plan.someByContent?.match(path).length ?? 0) > 0;
    if (isWanted) this.links.add(path);
    const rests = plan.directories.matchLink(path, target);
    if (rests.size > 0) this.directories.add(path, [...rests.values()]);
  }

  private dropLink(path: string): void {
    this.links.delete(path);
    this.directories.remove(path);
  }

  private addFile(path: string, file: FileNode): void {
    for (const detector of this.detectorsOf(path, file)) {
      this.view.budget.spend(candidateSteps);
      this.add({ realPath: path, named: { detector, path, file, links: none, unseen: false } });
    }
  }

  private dropFile(path: string, file: FileNode): void {
    for (const detector of this.detectorsOf(path, file)) {
      this.drop({ realPath: path, named: { detector, path, file, links: none, unseen: false } });
    }
  }

  private detectorsOf(path: string, file: FileNode): readonly string[] {
    const { plan, view } = this;
    const matching = matchingDetectors(path, plan, view.budget);
    const given = givenByContent(plan, file, path);
    return given.length === 0 ? matching : [...matching, ...given];
  }

  private dropBelow(top: DirectoryNode): void {
    const pending = [top];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const [name, node] of next.children) {
        if (!this.view.budget.spend(1)) return;
        if (node.kind === 'directory') pending.push(node);
        else if (node.kind === 'file') this.dropFile(pathOfNode(next, name, node), node);
        else this.dropLink(pathOfNode(next, name, node));
      }
    }
  }

  private add({ realPath, named }: NamedFile): void {
    const key = this.keyOf(named, realPath);
    const known = this.places.get(...key);
    const place = known ?? { names: named, shown: undefined };
    if (known === undefined) this.places.set(...key, place);
    else place.names = Array.isArray(known.names) && known.names.length === 0 ? named : [...listOf(known.names), named];
    this.touched.add(place);
  }

  private drop({ realPath, named }: NamedFile): void {
    const place = this.places.get(...this.keyOf(named, realPath));
    if (place === undefined) return;
    const names = listOf(place.names);
    const at = names.findIndex((one) => isSameName(one, named));
    if (at < 0) return;
    place.names = names.filter((_, index) => index !== at);
    this.touched.add(place);
  }

  /** A detector that takes facts from the path is given each name of a file, others a file once. */
  private keyOf({ detector, file }: FilteredFile, realPath: string): readonly [string, string] {
    const { matcher, byContent } = this.plan;
    const byPath = matcher.byPath(detector) || byContent?.byPath(detector) === true;
    return byPath ? [detector, realPath] : [`${detector}\0${file.layer}`, file.path];
  }

  private settle(): FoundChanges {
    const removed: FilteredFile[] = [];
    const added: FilteredFile[] = [];
    for (const place of this.touched) {
      const { shown } = place;
      const next = representative(listOf(place.names));
      if (shown !== undefined && next !== undefined && isSameName(shown, next) && shown.unseen === next.unseen)
        continue;
      if (shown !== undefined) removed.push(shown);
      if (next !== undefined) added.push(next);
      place.shown = next;
    }
    this.touched = new Set();
    return { removed, added };
  }
}

function listOf(names: SearchedFile['names']): readonly FilteredFile[] {
  return Array.isArray(names) ? (names as readonly FilteredFile[]) : [names as FilteredFile];
}

/** Of several names for one file, the smallest represents it, and the links of all count, in any order. */
function representative(names: readonly FilteredFile[]): FilteredFile | undefined {
  const [first, ...others] = names;
  if (first === undefined || others.length === 0) return first;
  const smallest = others.reduce((best, one) => (one.path < best.path ? one : best), first);
  const links = names.flatMap((one) => one.links);
  return { ...smallest, links, unseen: names.some(({ unseen }) => unseen) };
}

function isSameName(a: FilteredFile, b: FilteredFile): boolean {
  if (a === b) return true;
  if (a.detector !== b.detector || a.path !== b.path || !isSameFile(a.file, b.file)) return false;
  return a.links.length === b.links.length && a.links.every((link, index) => link === b.links[index]);
}

function isSameFile(a: FileNode, b: FileNode): boolean {
  return a === b || (a.layer === b.layer && a.path === b.path && a.linkPath === b.linkPath);
}

function areSame(a: readonly NamedFile[], b: readonly NamedFile[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ realPath, named }, index) => {
      const other = b[index];
      const isSame = realPath === other?.realPath && named.unseen === other.named.unseen;
      return isSame && isSameName(named, other.named);
    })
  );
}
