import type { EcosystemSign, LayerIndex, LayerStructure, WorkBudget } from '@clarion/model';
import { signsOfLayer } from './ecosystem-signs';
import { FileSearch } from './file-search';
import type { AppliedStructure } from './layer-changes';
import type { LayerFacts } from './layer-facts';
import type { LayerRun } from './layer-runs';
import { applyLayer } from './merged-view';
import { leadsSomewhere } from './relevant-paths';
import type { SearchPlan } from './search-plan';
import { ascending } from './untouched-files';
import { ViewFeatures } from './view-features';
import { emptyView, isEmptyDirectory, type MergedView } from './view-tree';

/**
 * Links of all layers together that are kept with any name; beyond that, only those with names that lead to filtered
 * files. A real image has some ten thousand.
 */
export const maxLinks = 200_000;

/** What applies to all layers of an image. */
export interface LayerRules {
  readonly plan: SearchPlan;
  readonly budget: WorkBudget;
  /** Parallel to the layers of the image. */
  readonly facts: readonly LayerFacts[];
  /** Ids of the detectors in use. */
  readonly on: ReadonlySet<string>;
  /** Those of them that read lock files. */
  readonly lockFileDetectors: ReadonlySet<string>;
}

/** The view of some layers, base first, with what was found in it. */
export class LayeredView {
  readonly view: MergedView;
  readonly search: FileSearch;
  readonly features: ViewFeatures;
  /** Layers of which links were left out, because the image has more than are kept. */
  readonly withFewerLinks: LayerIndex[] = [];
  private links = 0;

  constructor({ budget, plan }: LayerRules) {
    this.view = emptyView(budget);
    this.search = new FileSearch(this.view, plan);
    this.features = new ViewFeatures(this.view.journal);
  }

  /**
   * The layers from here on are those of one image, until `rollBack`: the view is then as it is now. No links may have
   * been left out before.
   */
  begin({ budget, plan }: LayerRules): void {
    const { view, links } = this;
    const touched = [...view.touched];
    view.budget = budget;
    view.journal.begin();
    view.journal.onRollBack(() => {
      this.links = links;
      this.withFewerLinks.length = 0;
      view.changes.length = 0;
      view.touched.splice(0, Infinity, ...touched);
    });
    this.search.begin(plan);
  }

  rollBack(): void {
    this.view.journal.rollBack();
  }

  /** Puts a layer on top of the others. Stops when the budget is used up: the last known view is the one below then. */
  apply({ number, layer, times }: LayerRun, { plan, budget, facts, on, lockFileDetectors }: LayerRules): void {
    const { view } = this;
    // Names take time to unpack, and say what a layer replaces: nothing in the lowest one.
    let structure = isEmptyDirectory(view.root) ? withoutNames(layer.structure) : layer.structure;
    this.links += structure.symlinks.length;
    if (this.links > maxLinks) {
      structure = withFewerLinks(structure, plan);
      this.withFewerLinks.push(layer);
    }
    const files = withSignFiles(facts[number]?.files ?? [], { signs: signsOfLayer(layer, on), budget });
    const directories = isEmptyView(view, structure) ? [] : ascending(structure.directories, budget);
    const changed = applyRun(view, { layer: number, structure, files, directories }, times);
    if (!budget.spend(0) || !changed) return;
    this.features.update(this.search.update(number), { layer: number, facts, budget, lockFileDetectors });
  }
}

/**
 * Applies a layer as many times as it repeats in a row, until it changes nothing more. Returns whether anything
 * changed.
 */
function applyRun(view: MergedView, applied: AppliedStructure, times: number): boolean {
  if (isEmpty(applied.structure) && applied.files.length === 0) return false;
  let done = 0;
  while (done < times && applyLayer(view, applied) && view.budget.spend(0)) done += 1;
  return done > 0;
}

/** Recognised files that are not read are hidden and replaced like files that are. */
function withSignFiles(
  files: readonly string[],
  { signs, budget }: { readonly signs: readonly EcosystemSign[]; readonly budget: WorkBudget },
): readonly string[] {
  const paths = signs.flatMap((sign) => sign.paths);
  return paths.length === 0 ? files : ascending([...files, ...paths], budget);
}

/** Whether directories of a layer can replace nothing: there is nothing, and none of them is reached by a link. */
function isEmptyView({ root }: MergedView, { symlinks, hardlinks }: LayerStructure): boolean {
  return isEmptyDirectory(root) && symlinks.length + hardlinks.length === 0;
}

function withoutNames(structure: LayerStructure): LayerStructure {
  const { names, ...others } = structure;
  return names === undefined ? structure : others;
}

function isEmpty(structure: LayerStructure): boolean {
  return Object.values(structure).every((part: string | readonly unknown[]) => part.length === 0);
}

function withFewerLinks(structure: LayerStructure, plan: SearchPlan): LayerStructure {
  return { ...structure, symlinks: structure.symlinks.filter(([path]) => leadsSomewhere(path, plan.matcher)) };
}
