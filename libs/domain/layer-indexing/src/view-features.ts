import { compareText, type Feature, type WorkBudget } from '@clarion/model';
import { factsOfFile, type LayerFacts } from './layer-facts';
import type { FileNode } from './view-tree';
import { PairMap } from './pair-map';
import type { FilteredFile } from './filtered-files';

/** A package of a view: its facts under its path there, and the number of the layer that introduced it. */
export interface ViewFeature {
  readonly feature: Feature;
  readonly layer: number;
}

/** The packages of one file of a view. */
interface FileFeatures {
  readonly file: FileNode;
  readonly path: string;
  readonly features: readonly ViewFeature[];
  /** The introducing layers, by the key that identifies a package in the next view; created on demand. */
  introducedIn?: ReadonlyMap<string, number>;
}

/** The packages of one view by detector and the path of their file, and by detector and the file itself. */
export interface ViewFeatures {
  readonly byPath: PairMap<FileFeatures>;
  readonly byFile: PairMap<FileFeatures>;
}

/** The packages of a view without layers. */
export const noFeatures: ViewFeatures = { byPath: new PairMap(), byFile: new PairMap() };

/** The view below a layer. */
export interface ViewBelow {
  /** The number of the layer above it. */
  readonly layer: number;
  readonly features: ViewFeatures;
  readonly budget: WorkBudget;
}

/**
 * The packages of the view after layer `layer`. One that existed below, under this path or in this file, keeps its
 * origin; one that was removed in between belongs to the layer that added it again. An unchanged file costs one
 * look-up.
 */
export function featuresOfView(
  filteredFiles: readonly FilteredFile[],
  facts: readonly LayerFacts[],
  { layer, features: below, budget }: ViewBelow,
): ViewFeatures {
  const view: ViewFeatures = { byPath: new PairMap(), byFile: new PairMap() };
  for (const filtered of filteredFiles) {
    const { detector, path, file } = filtered;
    const layerOfFile = `${detector}\0${file.layer}`;
    const known = [below.byPath.get(detector, path), below.byFile.get(layerOfFile, file.path)].filter(
      (one) => one !== undefined,
    );
    const same = known.find((one) => one.path === path && one.file.layer === file.layer && one.file.path === file.path);
    const found = same ?? featuresOfFile(filtered, facts[file.layer], { layer, known, budget });
    view.byPath.set(detector, path, found);
    view.byFile.set(layerOfFile, file.path, found);
  }
  return view;
}

function featuresOfFile(
  filtered: FilteredFile,
  facts: LayerFacts | undefined,
  before: { readonly layer: number; readonly known: readonly FileFeatures[]; readonly budget: WorkBudget },
): FileFeatures {
  const { path, file } = filtered;
  const features: ViewFeature[] = [];
  for (const found of factsOfFile(facts, filtered)?.features ?? []) {
    if (!before.budget.spend(stepsOfFeature)) break;
    const feature = found.path === path ? found : { ...found, path };
    features.push({ feature, layer: introducingLayer(feature, before) });
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

/** Every package of a view once, in an order that depends only on the facts. */
export function sortedFeatures(view: ViewFeatures): readonly ViewFeature[] {
  const files = [...new Set([...view.byPath.values(), ...view.byFile.values()])];
  const sorted = files.flatMap(({ features }) => features).sort((a, b) => compareFeatures(a.feature, b.feature));
  const different = sorted.filter(({ feature }, index) => {
    const next = sorted[index + 1];
    return next === undefined || compareFeatures(feature, next.feature) !== 0;
  });
  return withoutRpmCopies(different);
}

/**
 * The rpm databases of several backends in one directory list the same packages. A package in more than one counts
 * once, as the one of the last database by path, which is the newest backend's. Its origin is the lowest of all
 * copies.
 */
function withoutRpmCopies(sorted: readonly ViewFeature[]): readonly ViewFeature[] {
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

function compareFeatures(a: Feature, b: Feature): number {
  return (
    compareText(a.type, b.type) ||
    compareText(a.path, b.path) ||
    compareText(a.within, b.within) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.architecture, b.architecture)
  );
}
