import { createWorkBudget, type WorkBudget, workLimits } from '@clarion/model';
import { FactsReader } from './facts-reader';
import type { FilteredFile } from './filtered-files';
import type { LayerFacts } from './layer-facts';
import { matchingDetectors } from './linked-names';
import type { SearchPlan } from './search-plan';
import { type Range, rangesLeft, type UntouchedFiles } from './untouched-files';
import type { ViewFeature } from './view-feature';
import { type MergedView, untouchedIn } from './view-tree';

/** What detectors said about the untouched files of a view. */
export interface UntouchedFacts {
  readonly features: readonly ViewFeature[];
  /** The files with other facts or problems, and those that were not read for a detector. */
  readonly others: readonly FilteredFile[];
}

interface ReadOptions {
  readonly plan: SearchPlan;
  /** Parallel to the layers of the image. */
  readonly facts: readonly LayerFacts[];
  /** Ids of the detectors that read lock files. */
  readonly lockFileDetectors: ReadonlySet<string>;
}

const stepsOfFeature = 10;
const noLinks: readonly never[] = [];

/** The facts about the untouched files of a view: of most files of an image. */
export function factsOfUntouched(view: MergedView, options: ReadOptions): UntouchedFacts {
  // What was found before the budget was used up counts, and these files were.
  const budget = view.budget.spend(0) ? view.budget : createWorkBudget('Composing the image', workLimits.image);
  const reading = new UntouchedReading(budget, options);
  for (const part of partsOf(view)) if (!reading.take(part)) break;
  return reading;
}

interface PartOfFiles {
  readonly files: UntouchedFiles;
  readonly range: Range;
}

/** In the order of their paths, in which packages are listed: sorting these is less work than sorting those. */
function partsOf(view: MergedView): readonly PartOfFiles[] {
  const parts = untouchedIn(view).flatMap((files) => rangesLeft(files).map((range) => ({ files, range })));
  const first = ({ files, range }: PartOfFiles): string => files.paths[range[0]] ?? '';
  return parts.sort((a, b) => (first(a) < first(b) ? -1 : 1));
}

class UntouchedReading implements UntouchedFacts {
  readonly features: ViewFeature[] = [];
  readonly others: FilteredFile[] = [];
  private readonly budget: WorkBudget;
  private readonly options: ReadOptions;
  /** Those of detectors that were given files of a layer for their content, by layer. */
  private readonly byContent = new Map<number, readonly string[]>();

  constructor(budget: WorkBudget, options: ReadOptions) {
    this.budget = budget;
    this.options = options;
  }

  /** False when the budget is used up. */
  take({ files: { layer, paths }, range: [from, to] }: PartOfFiles): boolean {
    const { plan, facts } = this.options;
    const readers = new Map<string, FactsReader | undefined>();
    const first = paths[from] ?? '';
    const readerOf = (id: string): FactsReader | undefined => {
      if (readers.has(id)) return readers.get(id);
      const detection = facts[layer]?.detections.get(id);
      const reader = detection === undefined ? undefined : new FactsReader(detection, first);
      readers.set(id, reader);
      return reader;
    };
    const given = this.givenByContent(layer);
    for (let at = from; at < to; at += 1) {
      const path = paths[at] ?? '';
      if (!this.budget.spend(1)) return false;
      for (const id of matchingDetectors(path, plan, this.budget)) {
        if (!this.read({ detector: id, path, layer }, readerOf(id))) return false;
      }
      for (const id of given) {
        const reader = readerOf(id);
        const isGiven = reader?.moveTo(path) === true || reader?.detection.has(path) === true;
        if (!isGiven || plan.byContent?.match(path).includes(id) !== true) continue;
        if (!this.read({ detector: id, path, layer }, reader)) return false;
      }
    }
    return true;
  }

  private givenByContent(layer: number): readonly string[] {
    const known = this.byContent.get(layer);
    if (known !== undefined) return known;
    const { plan, facts } = this.options;
    const given = plan.contentDetectors.filter((id) => facts[layer]?.detections.get(id)?.hasFiles === true);
    this.byContent.set(layer, given);
    return given;
  }

  private read(
    { detector, path, layer }: { readonly detector: string; readonly path: string; readonly layer: number },
    reader: FactsReader | undefined,
  ): boolean {
    const isOwn = reader?.moveTo(path) === true;
    if (!isOwn || reader.hasOthers) {
      this.others.push({ detector, path, file: { kind: 'file', layer, path }, links: noLinks, unseen: false });
    }
    const named = this.options.lockFileDetectors.has(detector);
    const add = (feature: ViewFeature['feature']): boolean => {
      // Another shape of object takes more memory, for few images.
      this.features.push(named ? { feature, layer, named } : { feature, layer });
      return this.budget.spend(stepsOfFeature);
    };
    if (!isOwn) return (reader?.detection.of(path)?.features ?? []).every((one) => add({ ...one, path }));
    for (let one = reader.next(path); one !== undefined; one = reader.next(path)) if (!add(one)) return false;
    return true;
  }
}
