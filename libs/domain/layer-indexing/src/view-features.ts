import { compareText, type Feature, type WorkBudget } from '@clarion/model';
import { isOfLanguage } from './file-owners';
import { factsOfFile, type LayerFacts } from './layer-facts';
import { withoutNamedCopies } from './lock-file-copies';
import type { Journal } from './journal';
import type { FileNode } from './view-tree';
import { PairMap } from './pair-map';
import type { FilteredFile, FoundChanges } from './filtered-files';
import type { ViewFeature } from './view-feature';

/** The packages of one file of a view. */
interface FileFeatures {
  readonly file: FileNode;
  readonly path: string;
  readonly features: readonly ViewFeature[];
  /** The introducing layers, by the key that identifies a package in the next view; created on demand. */
  introducedIn?: ReadonlyMap<string, number>;
}

/** The layer that was just applied. */
export interface AppliedLayer {
  readonly layer: number;
  readonly facts: readonly LayerFacts[];
  readonly budget: WorkBudget;
  /** Ids of the detectors that read lock files. */
  readonly lockFileDetectors: ReadonlySet<string>;
}

/**
 * The packages of a view, from layer to layer by what changed. One that existed below, under its path or in its file,
 * keeps its origin; one that was removed in between belongs to the layer that added it again.
 */
export class ViewFeatures {
  private readonly byPath: PairMap<FileFeatures>;
  /** A file has several names where a detector takes facts from each. */
  private readonly byFile: PairMap<readonly FileFeatures[]>;

  /** `journal` notes all changes. */
  constructor(journal: Journal) {
    this.byPath = new PairMap(journal);
    this.byFile = new PairMap(journal);
  }

  update({ touched, removed, added }: FoundChanges, applied: AppliedLayer): void {
    // What was untouched until now is as its own layer brought it.
    for (const one of touched) {
      this.add(one, featuresOfFile(one, [], { ...applied, layer: one.file.layer }));
    }
    // All others are compared with the view below.
    const found = added.map((filtered) => this.featuresOf(filtered, applied));
    for (const { detector, path, file } of removed) {
      const gone = this.byPath.get(detector, path);
      this.byPath.delete(detector, path);
      const key = fileKey(detector, file);
      const others = this.byFile.get(key, file.path)?.filter((one) => one !== gone) ?? [];
      if (others.length === 0) this.byFile.delete(key, file.path);
      else this.byFile.set(key, file.path, others);
    }
    added.forEach((one, index) => {
      const features = found[index];
      if (features !== undefined) this.add(one, features);
    });
  }

  private add({ detector, path, file }: FilteredFile, features: FileFeatures): void {
    this.byPath.set(detector, path, features);
    const key = fileKey(detector, file);
    this.byFile.set(key, file.path, [...(this.byFile.get(key, file.path) ?? []), features]);
  }

  /** Every package of these files and of `others` once, in an order that depends only on the facts. */
  sorted(others: readonly ViewFeature[]): readonly ViewFeature[] {
    const byType = new Map<string, ViewFeature[]>();
    let last: ViewFeature[] = [];
    const add = (one: ViewFeature): void => {
      const { type } = one.feature;
      if (last[0]?.feature.type !== type) {
        last = byType.get(type) ?? [];
        byType.set(type, last);
      }
      last.push(one);
    };
    for (const files of this.byFile.values()) for (const { features } of files) features.forEach(add);
    others.forEach(add);
    const sorted = [...byType].sort(([a], [b]) => compareText(a, b)).flatMap(([, ofType]) => eachOnce(ofType));
    return withoutNamedCopies(withoutRpmCopies(sorted));
  }

  private featuresOf(filtered: FilteredFile, applied: AppliedLayer): FileFeatures {
    const { detector, path, file } = filtered;
    const atPath = this.byPath.get(detector, path);
    const inFile = this.byFile.get(fileKey(detector, file), file.path) ?? [];
    const known = atPath === undefined ? inFile : [atPath, ...inFile];
    const same = known.find((one) => one.path === path && one.file.layer === file.layer && one.file.path === file.path);
    return same ?? featuresOfFile(filtered, known, applied);
  }
}

/** The packages of one type in their order. */
function eachOnce(ofType: ViewFeature[]): readonly ViewFeature[] {
  const isInOrder = (one: ViewFeature, at: number): boolean => {
    const before = ofType[at - 1];
    return before === undefined || compareFeatures(before.feature, one.feature) < 0;
  };
  if (ofType.every(isInOrder)) return ofType;
  ofType.sort((a, b) => compareFeatures(a.feature, b.feature));
  return ofType.filter(({ feature }, index) => {
    const next = ofType[index + 1];
    return next === undefined || compareFeatures(feature, next.feature) !== 0;
  });
}

function fileKey(detector: string, { layer }: FileNode): string {
  return `${detector}\0${layer}`;
}

function featuresOfFile(
  filtered: FilteredFile,
  known: readonly FileFeatures[],
  { layer, facts, budget, lockFileDetectors }: AppliedLayer,
): FileFeatures {
  const { detector, path, file } = filtered;
  const named = lockFileDetectors.has(detector);
  const isLinked = filtered.links.length > 0;
  const features: ViewFeature[] = [];
  for (const found of factsOfFile(facts[file.layer], filtered)?.features ?? []) {
    if (!budget.spend(stepsOfFeature)) break;
    const feature = found.path === path ? found : { ...found, path };
    const introducedIn = introducingLayer(feature, { layer, known });
    // Another shape of object takes more memory, for few images.
    if (named) features.push({ feature, layer: introducedIn, named });
    else if (isLinked && introducedIn > file.layer)
      features.push({ feature, layer: introducedIn, fileLayer: file.layer });
    else if (introducedIn < file.layer && isOfLanguage(feature))
      features.push({ feature, layer: introducedIn, fileLayer: file.layer });
    else features.push({ feature, layer: introducedIn });
  }
  // A copy has no spare capacity: most of many files contain one package.
  return { path, file, features: features.slice() };
}

function introducingLayer(
  feature: Feature,
  { layer, known }: { readonly layer: number; readonly known: readonly FileFeatures[] },
): number {
  let introducedIn = layer;
  for (const earlier of known) {
    earlier.introducedIn ??= new Map(earlier.features.map((one) => [featureKey(one.feature), one.layer]));
    introducedIn = Math.min(introducedIn, earlier.introducedIn.get(featureKey(feature)) ?? layer);
  }
  return introducedIn;
}

const stepsOfFeature = 10;

/** The version contains epoch and release. NUL cannot be part of a name and separates the parts. */
function featureKey({ type, name, version, architecture = '', within = '' }: Feature): string {
  return [type, name, version, architecture, within].join('\0');
}

/**
 * The rpm databases of several backends in one directory list the same packages. A package in more than one counts
 * once, as the one of the last database by path, which is the newest backend's. Its origin is the lowest of all
 * copies.
 */
function withoutRpmCopies(sorted: readonly ViewFeature[]): readonly ViewFeature[] {
  if (!sorted.some(({ feature }) => feature.type === 'rpm')) return sorted;
  const kept = new Map<string | ViewFeature, ViewFeature>();
  for (const one of sorted) {
    const { feature, layer } = one;
    const folder = feature.path.slice(0, feature.path.lastIndexOf('/'));
    const key = feature.type === 'rpm' ? `${folder}\0${featureKey(feature)}` : one;
    const copy = kept.get(key);
    kept.delete(key);
    kept.set(key, copy === undefined ? one : { feature, layer: Math.min(layer, copy.layer) });
  }
  return [...kept.values()];
}

/** The order of packages of one type. */
function compareFeatures(a: Feature, b: Feature): number {
  return (
    compareText(a.path, b.path) ||
    compareText(a.within, b.within) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.architecture, b.architecture)
  );
}
