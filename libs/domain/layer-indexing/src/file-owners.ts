import { ecosystemOf } from '@clarion/ecosystems';
import type { Feature, LayerIndex, WorkBudget } from '@clarion/model';
import { pythonPackage } from './package-files';
import { hashOfText, indexOfHash } from './path-hashes';
import { splitPath } from './split-path';
import { decodeOwners, type FileOwners } from './stored-owners';
import type { ViewFeature } from './view-feature';

type NumberedLayers = readonly (readonly [number: number, layer: LayerIndex])[];

/** Returns the name of the package of the distribution that owns the file which proves a package of a language. */
export type OwnerOfFeature = (feature: ViewFeature) => string | undefined;

/**
 * Finds owners by the lists of the layers (matching.md §4.2). A package of a language is owned if the layer that
 * introduced it lists its file, or, where files and database are in different layers, only layers above do. When a
 * layer below lists the file, what is there now has replaced the copy of the distribution. The owner must be in the
 * image: where its database is removed, nothing can be compared with the distribution's advisories.
 */
export function ownersIn(
  layers: NumberedLayers,
  features: readonly ViewFeature[],
  budget: WorkBudget,
): OwnerOfFeature | undefined {
  if (!features.some(({ feature }) => isOfLanguage(feature))) return undefined;
  const decoded = new Map<LayerIndex, readonly FileOwners[]>();
  const lists = layers.flatMap(([number, layer]) => {
    const known = decoded.get(layer) ?? listsOf(layer, budget);
    decoded.set(layer, known);
    return known.map((files) => ({ number, files }));
  });
  if (lists.length === 0) return undefined;
  const installed = new Set(features.flatMap(({ feature }) => (isInstalled(feature) ? [feature.name] : [])));
  return ({ feature, layer }) => {
    if (!isOfLanguage(feature)) return undefined;
    const hashes = hashesOf(feature.path);
    let above: string | undefined;
    let isBelow = false;
    for (const { number, files } of lists) {
      // When the budget is used up, which is a problem of the image, files count as unowned.
      if (!budget.spend(1)) return undefined;
      const owner = ownerIn(files, hashes);
      if (owner === undefined) continue;
      if (number === layer) return installed.has(owner) ? owner : undefined;
      if (number < layer) isBelow = true;
      else above ??= owner;
    }
    return above !== undefined && !isBelow && installed.has(above) ? above : undefined;
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

function isOfLanguage({ type }: Feature): boolean {
  return ecosystemOf(type)?.namespace !== undefined;
}

function isInstalled({ type }: Feature): boolean {
  const row = ecosystemOf(type);
  return row !== undefined && row.namespace === undefined;
}

interface PathWithDirectory {
  readonly path: number;
  readonly directory: number;
}

/** A file, and for files that are created at installation the metadata directory of a Python package. */
function hashesOf(path: string): readonly PathWithDirectory[] {
  const [ofPython] = pythonPackage.exec(path) ?? [];
  return [path, ...(ofPython === undefined ? [] : [ofPython])].map((one) => ({
    path: hashOfText(one),
    directory: hashOfText(splitPath(one)[0]),
  }));
}

/** Lists name directories as well: that of the file must be among them, since hashes of other files may be equal. */
function ownerIn({ hashes, owners, packages }: FileOwners, paths: readonly PathWithDirectory[]): string | undefined {
  for (const { path, directory } of paths) {
    const index = indexOfHash(hashes, path);
    if (index === undefined || indexOfHash(hashes, directory) === undefined) continue;
    const owner = packages[(owners[index] ?? 0) - 1];
    if (owner !== undefined) return owner;
  }
  return undefined;
}
