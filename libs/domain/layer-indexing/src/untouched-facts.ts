import { createWorkBudget, type Feature, type WorkBudget, workLimits } from '@clarion/model';
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

/** A detector that files of a layer were wanted for; without a reader, it was given none. */
interface DetectorReader {
  readonly detector: string;
  /** Whether it reads lock files. */
  readonly named: boolean;
  readonly reader: FactsReader | undefined;
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
  private readonly contentDetectors = new Map<number, readonly string[]>();

  constructor(budget: WorkBudget, options: ReadOptions) {
    this.budget = budget;
    this.options = options;
  }

  /** False when the budget is used up. */
  take({ files: { layer, paths }, range: [from, to] }: PartOfFiles): boolean {
    const { plan } = this.options;
    const readers = this.readersOf(layer, paths[from] ?? '');
    const given = this.givenByContent(layer).map(readers);
    let ids: readonly string[] = [];
    let matching: readonly DetectorReader[] = [];
    for (let at = from; at < to; at += 1) {
      const path = paths[at] ?? '';
      if (!this.budget.spend(1)) return false;
      const found = matchingDetectors(path, plan, this.budget);
      // Equal results are one array.
      if (found !== ids) {
        ids = found;
        matching = ids.map(readers);
      }
      for (const reader of matching) if (!this.read(path, layer, reader)) return false;
      for (const one of given) {
        const isGiven = one.reader?.moveTo(path) === true || one.reader?.detection.has(path) === true;
        if (!isGiven || plan.byContent?.match(path).includes(one.detector) !== true) continue;
        if (!this.read(path, layer, one)) return false;
      }
    }
    return true;
  }

  /** The readers of files of a layer from the path `first` on. */
  private readersOf(layer: number, first: string): (detector: string) => DetectorReader {
    const { facts, lockFileDetectors } = this.options;
    const readers = new Map<string, DetectorReader>();
    return (detector) => {
      const known = readers.get(detector);
      if (known !== undefined) return known;
      const detection = facts[layer]?.detections.get(detector);
      const reader = detection === undefined ? undefined : new FactsReader(detection, first);
      const one = { detector, named: lockFileDetectors.has(detector), reader };
      readers.set(detector, one);
      return one;
    };
  }

  private givenByContent(layer: number): readonly string[] {
    const known = this.contentDetectors.get(layer);
    if (known !== undefined) return known;
    const { plan, facts } = this.options;
    const given = plan.contentDetectors.filter((id) => facts[layer]?.detections.get(id)?.hasFiles === true);
    this.contentDetectors.set(layer, given);
    return given;
  }

  private read(path: string, layer: number, { detector, named, reader }: DetectorReader): boolean {
    const isOwn = reader?.moveTo(path) === true;
    if (!isOwn || reader.hasOthers) {
      this.others.push({ detector, path, file: { kind: 'file', layer, path }, links: noLinks, unseen: false });
    }
    if (!isOwn) {
      const found = reader?.detection.of(path)?.features ?? [];
      return found.every((feature) => this.add({ ...feature, path }, layer, named));
    }
    for (let one = reader.next(path); one !== undefined; one = reader.next(path)) {
      if (!this.add(one, layer, named)) return false;
    }
    return true;
  }

  private add(feature: Feature, layer: number, named: boolean): boolean {
    // Another shape of object takes more memory, for few images.
    this.features.push(named ? { feature, layer, named } : { feature, layer });
    return this.budget.spend(stepsOfFeature);
  }
}
