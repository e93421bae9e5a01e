import { LinkedDirectories } from './linked-directories';
import type { FilteredFile, FilteredFiles, FoundChanges, NamedFile, UnresolvedPath } from './filtered-files';
import { candidateSteps, findLinkedNames, givenByContent, matchingDetectors } from './linked-names';
import { PairMap } from './pair-map';
import type { SearchPlan } from './search-plan';
import { nodeAtRealPath } from './resolve-path';
import { isAmong, rangesLeft, type UntouchedFiles } from './untouched-files';
import {
  type DirectoryNode,
  type FileNode,
  type LinkNode,
  type MergedView,
  pathOfNode,
  type RemovedFiles,
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
 * nothing until it changes, and is not among these while it is untouched. Names that lead to files through links, of which there are few, are resolved for each layer.
 */
export class FileSearch {
  private readonly view: MergedView;
  private plan: SearchPlan;
  private readonly places: PairMap<SearchedFile>;
  private changed = new Set<SearchedFile>();
  private touched: FilteredFile[] = [];
  /** Untouched files that the layer removed, and those that count as one since. */
  private gone: UntouchedFiles[] = [];
  private recalled: PairMap<true>;
  /** The number of the layer that was applied last. */
  private layer = 0;
  /** Real paths of links that match filters. */
  private readonly links = new Set<string>();
  /** Real paths of links to directories whose files match filters by the names of the links. */
  private readonly directories: LinkedDirectories;
  private linked: readonly NamedFile[] = none;
  private lost: readonly UnresolvedPath[] = none;

  constructor(view: MergedView, plan: SearchPlan) {
    this.view = view;
    this.plan = plan;
    this.places = new PairMap(view.journal);
    this.recalled = new PairMap(view.journal);
    this.directories = new LinkedDirectories(view, plan);
  }

  /**
   * Prepares for layers whose changes are taken back later; between two layers. `plan` is for the same detectors, and for
   * these layers.
   */
  begin(plan: SearchPlan): void {
    const { layer, linked, lost } = this;
    this.plan = plan;
    this.directories.begin();
    const { journal } = this.view;
    journal.onRollBack(() => {
      this.layer = layer;
      this.linked = linked;
      this.lost = lost;
      this.changed = new Set();
      this.touched = [];
      this.gone = [];
      this.recalled = new PairMap(journal);
    });
  }

  /** Takes what the layer changed in the view, as far as the budget allows. */
  update(layer: number): FoundChanges {
    this.layer = layer;
    const { changes, budget } = this.view;
    this.takeTouched();
    for (const change of changes) {
      if (!budget.spend(1)) break;
      if ('untouched' in change) this.dropUntouched(change);
      else this.take(change);
      this.directories.changed(change);
    }
    changes.length = 0;
    const { found, lost } = findLinkedNames(this.view, this.plan, this.links);
    this.takeTouched();
    this.lost = lost;
    if (!areSame(this.linked, found)) {
      for (const one of this.linked) this.drop(one);
      for (const one of found) this.addLinked(one);
      this.linked = found;
    }
    const { removed, added } = this.directories.update();
    for (const one of removed) this.drop(one);
    for (const one of added) this.addLinked(one);
    this.gone = [];
    this.recalled = new PairMap(this.view.journal);
    this.touchReplacing();
    return this.settle();
  }

  /** Every file of the view that matches a filter, but for untouched ones, and every name that leads to nothing known. */
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

  /** From now on, these files count one by one. */
  private takeTouched(): void {
    const { touched } = this.view;
    for (const file of touched) {
      if (file.layer === this.layer) this.addFile(file.path, file);
      else this.addKnown(file);
    }
    touched.length = 0;
  }

  /** A file that was found when its layer was applied. */
  private addKnown(file: FileNode): void {
    const { path } = file;
    for (const detector of this.detectorsOf(path, file)) {
      const named: FilteredFile = { detector, path, file, links: none, unseen: false };
      const key = this.keyOf(named, path);
      const known = this.places.get(...key);
      const names = known === undefined ? [] : listOf(known.names);
      if (known === undefined) this.places.set(...key, { names: named, shown: named });
      else this.change(known, { names: [...names, named], shown: known.shown ?? named });
      this.touched.push(named);
    }
  }

  /** Of untouched files that were removed, only those matter whose paths other files have now. */
  private dropUntouched({ directory, untouched }: RemovedFiles): void {
    this.gone.push(untouched);
    if (nodeAtRealPath(this.view, directory.path)?.kind !== 'directory') return;
    for (const [from, to] of rangesLeft(untouched)) {
      for (const path of untouched.paths.slice(from, to)) {
        if (!this.view.budget.spend(1)) return;
        if (nodeAtRealPath(this.view, path)?.kind !== 'file') continue;
        this.takeTouched();
        this.recall(path, untouched);
      }
    }
  }

  private addLinked(one: NamedFile): void {
    this.add(one);
    for (const gone of this.gone) this.recall(one.named.path, gone);
  }

  /** Lets a removed file count as one, if it was untouched: another one has its path now. */
  private recall(path: string, untouched: UntouchedFiles): void {
    const { layer } = untouched;
    if (!this.view.budget.spend(1) || !isAmong(untouched, path)) return;
    if (this.recalled.get(String(layer), path) === true) return;
    this.recalled.set(String(layer), path, true);
    const file: FileNode = { kind: 'file', layer, path };
    this.addKnown(file);
    this.dropFile(path, file);
  }

  /** Files that have the paths of removed ones are compared with these. */
  private touchReplacing(): void {
    for (const { shown } of this.changed) {
      if (shown !== undefined && this.view.budget.spend(1)) nodeAtRealPath(this.view, shown.path);
    }
    this.takeTouched();
  }

  private addLink(path: string, { target }: LinkNode): void {
    const { plan, view } = this;
    const isWanted =
      matchingDetectors(path, plan, view.budget).length > 0 || (plan.someByContent?.match(path).length ?? 0) > 0;
    if (isWanted) view.journal.add(this.links, path);
    const rests = plan.directories.matchLink(path, target);
    if (rests.size > 0) this.directories.add(path, [...rests.values()]);
  }

  private dropLink(path: string): void {
    this.view.journal.delete(this.links, path);
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
      if (next.untouched !== undefined) this.dropUntouched({ directory: next, untouched: next.untouched });
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
    else {
      const names = listOf(known.names);
      this.change(known, { names: names.length === 0 ? named : [...names, named], shown: known.shown });
    }
    this.changed.add(place);
  }

  private drop({ realPath, named }: NamedFile): void {
    const place = this.places.get(...this.keyOf(named, realPath));
    if (place === undefined) return;
    const names = listOf(place.names);
    const at = names.findIndex((one) => isSameName(one, named));
    if (at < 0) return;
    this.change(place, { names: names.filter((_, index) => index !== at), shown: place.shown });
    this.changed.add(place);
  }

  /** A detector that takes facts from the path is given each name of a file, others a file once. */
  private keyOf({ detector, file }: FilteredFile, realPath: string): readonly [string, string] {
    const { matcher, byContent } = this.plan;
    const byPath = matcher.byPath(detector) || byContent?.byPath(detector) === true;
    return byPath ? [detector, realPath] : [`${detector}\0${file.layer}`, file.path];
  }

  private change(place: SearchedFile, { names, shown }: SearchedFile): void {
    const { journal } = this.view;
    journal.assign(place, 'names', names);
    journal.assign(place, 'shown', shown);
  }

  private settle(): FoundChanges {
    const removed: FilteredFile[] = [];
    const added: FilteredFile[] = [];
    for (const place of this.changed) {
      const { shown } = place;
      const next = representative(listOf(place.names));
      if (shown !== undefined && next !== undefined && isSameName(shown, next) && shown.unseen === next.unseen)
        continue;
      if (shown !== undefined) removed.push(shown);
      if (next !== undefined) added.push(next);
      this.change(place, { names: place.names, shown: next });
    }
    this.changed = new Set();
    const { touched } = this;
    this.touched = [];
    return { touched, removed, added };
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
