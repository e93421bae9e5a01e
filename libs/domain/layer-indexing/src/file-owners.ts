import { ecosystemOf } from '@clarion/ecosystems';
import type { Feature, LayerIndex, WorkBudget } from '@clarion/model';
import { type ContentOf, decodeContents } from './evidence-contents';
import { mergedIn, namesInMerged } from './merged-directories';
import { pythonPackage } from './package-files';
import { hashOfText, indexOfHash } from './path-hashes';
import { splitPath } from './split-path';
import { decodeOwners, type FileOwners } from './stored-owners';
import type { ViewFeature } from './view-feature';
import type { MergedView } from './view-tree';

type NumberedLayers = readonly (readonly [number: number, layer: LayerIndex])[];

/** Returns the name of the package of the distribution that owns the file which proves a package of a language. */
export type OwnerOfFeature = (feature: ViewFeature) => string | undefined;

/**
 * Finds owners by the lists of the layers (matching.md §4.2). A package of a language is owned if the layer that
 * introduced it (of one that a link makes a package: that of its file) lists its file, or, where files and database
 * are in different layers, only layers above do. When a layer below lists the file, what is there now has replaced
 * the copy of the distribution, unless its package was installed or changed in the layer of the file: lists are often
 * written once more as they were. A file that a layer has once more, with another content, belongs to that layer. A file that is not what the lists of its layer have a digest of has no owner
 * either. The owner must be in the image: where its database is removed, nothing can be compared with the
 * distribution's advisories.
 */
export function ownersIn(
  layers: NumberedLayers,
  features: readonly ViewFeature[],
  view: MergedView,
): OwnerOfFeature | undefined {
  const { budget } = view;
  if (!features.some(({ feature }) => isOfLanguage(feature))) return undefined;
  const decoded = new Map<LayerIndex, readonly FileOwners[]>();
  const lists = layers.flatMap(([number, layer]) => {
    const known = decoded.get(layer) ?? listsOf(layer, budget);
    decoded.set(layer, known);
    return known.map((files) => ({ number, files }));
  });
  if (lists.length === 0) return undefined;
  const isUnchanged = unchangedPackages(layers);
  const isSame = mergedIn(view);
  const installed = new Set(features.flatMap(({ feature }) => (isInstalled(feature) ? [feature.name] : [])));
  const isUnreplaced = unreplacedFiles(layers, budget);
  return ({ feature, layer: introducedIn, fileLayer = introducedIn }) => {
    if (!isOfLanguage(feature)) return undefined;
    const hashes = hashesOf(feature.path, isSame);
    const isCopy =
      fileLayer > introducedIn && isUnreplaced(namesInMerged(feature.path, isSame), introducedIn, fileLayer);
    const layer = isCopy ? introducedIn : fileLayer;
    let above: string | undefined;
    let isBelow = false;
    for (const { number, files } of lists) {
      // When the budget is used up, which is a problem of the image, files count as unowned.
      if (!budget.spend(1)) return undefined;
      const owner = ownerIn(files, hashes);
      if (owner === undefined) continue;
      const isOther = hashes.some(({ path }) => indexOfHash(files.replaced, path) !== undefined);
      if (number === layer) {
        if (isOther) return undefined;
        const isReplaced = isBelow && isUnchanged(owner, layer);
        return installed.has(owner) && !isReplaced ? owner : undefined;
      }
      if (number < layer) isBelow = true;
      else if (!isOther) above ??= owner;
    }
    return above !== undefined && !isBelow && installed.has(above) ? above : undefined;
  };
}

/**
 * Whether a layer has a file as a layer below has it, as `chown` leaves it. Where that is unknown, the file counts as
 * another one: what the distribution says about its package may be wrong of this one.
 */
function unreplacedFiles(
  layers: NumberedLayers,
  budget: WorkBudget,
): (names: readonly string[], below: number, above: number) => boolean {
  const decoded = new Map<number, ContentOf>();
  const contentsIn = (number: number): ContentOf => {
    const stored = layers
      .filter(([one]) => one === number)
      .flatMap(([, { detections }]) => detections.flatMap(({ packageFiles }) => packageFiles ?? []));
    const length = stored.reduce((sum, { contents = '' }) => sum + contents.length, 0);
    const contents = decodeContents(budget.spend(length / hashesOfStep) ? stored : []);
    decoded.set(number, contents);
    return contents;
  };
  return (names, below, above) => {
    const hashes = names.map(hashOfText);
    const [before, after] = [below, above].map((number) => {
      const contents = decoded.get(number) ?? contentsIn(number);
      return hashes.map(contents).find((content) => content !== undefined);
    });
    return before !== undefined && before === after;
  };
}

const hashesOfStep = 10;

function listsOf({ detections }: LayerIndex, budget: WorkBudget): readonly FileOwners[] {
  return detections.flatMap(({ packageFiles }) => {
    // Three characters at least for each hash.
    if (packageFiles?.owned === undefined || !budget.spend(packageFiles.owned.length / 3 / hashesOfStep)) return [];
    return decodeOwners(packageFiles) ?? [];
  });
}

/** Whether it is a package of a language, which one of the distribution may own. */
export function isOfLanguage({ type }: Feature): boolean {
  return ecosystemOf(type)?.namespace !== undefined;
}

function isInstalled({ type }: Feature): boolean {
  const row = ecosystemOf(type);
  return row !== undefined && row.namespace === undefined;
}

/**
 * Whether a layer leaves a package of the distribution as it is below: the layer does not describe it, or the next
 * layer below with the same database has it in the same version.
 */
function unchangedPackages(layers: NumberedLayers): (name: string, layer: number) => boolean {
  const known = new Map<LayerIndex, ReadonlyMap<string, DescribedPackages>>();
  const databasesOf = (layer: LayerIndex): ReadonlyMap<string, DescribedPackages> => {
    const databases = known.get(layer) ?? databasesIn(layer);
    known.set(layer, databases);
    return databases;
  };
  const isUnchanged = (name: string, at: number): boolean => {
    const own = layers.find(([number]) => number === at)?.[1];
    for (const [path, packages] of own === undefined ? [] : databasesOf(own)) {
      const version = packages.get(name);
      if (version === undefined) continue;
      const below = layers.findLast(([number, layer]) => number < at && databasesOf(layer).has(path))?.[1];
      return below !== undefined && databasesOf(below).get(path)?.get(name) === version;
    }
    return true;
  };
  const answers = new Map<string, boolean>();
  return (name, at) => {
    const key = `${at} ${name}`;
    const answer = answers.get(key) ?? isUnchanged(name, at);
    answers.set(key, answer);
    return answer;
  };
}

/** Versions by name; several architectures of a package have the same. */
type DescribedPackages = ReadonlyMap<string, string>;

function databasesIn({ detections }: LayerIndex): ReadonlyMap<string, DescribedPackages> {
  const databases = new Map<string, Map<string, string>>();
  for (const feature of detections.flatMap(({ features }) => features)) {
    if (!isInstalled(feature)) continue;
    const packages = databases.get(feature.path) ?? new Map<string, string>();
    databases.set(feature.path, packages.set(feature.name, feature.version));
  }
  return databases;
}

interface PathWithDirectory {
  readonly path: number;
  readonly directory: number;
}

/** A file, and for files that are created at installation the metadata directory of a Python package. */
function hashesOf(path: string, isSame: ReturnType<typeof mergedIn>): readonly PathWithDirectory[] {
  const [ofPython] = pythonPackage.exec(path) ?? [];
  const paths = [path, ...(ofPython === undefined ? [] : [ofPython])].flatMap((one) => namesInMerged(one, isSame));
  return paths.map((one) => ({
    path: hashOfText(one),
    directory: hashOfText(splitPath(one)[0]),
  }));
}

/** Lists name directories as well: that of the file must be among them, since hashes of other files may be equal. */
function ownerIn({ hashes, owners, packages }: FileOwners, paths: readonly PathWithDirectory[]): string | undefined {
  for (const { path, directory } of paths) {
    const index = indexOfHash(hashes, path);
    if (index === undefined || indexOfHash(hashes, directory) === undefined) continue;
    // A file that is nobody's, as one that is diverted, is not that of the owner of its directory.
    return packages[(owners[index] ?? 0) - 1];
  }
  return undefined;
}
