import type { Digest, LayerIndex, PlacedFeature } from '@clarion/model';
import { isBuiltByDistribution } from './built-by-distribution';
import { isUsualForPackages } from './package-files';

/**
 * Leaves out programs that a package of the image's distribution owns (detectors.md §8): the distribution's advisories
 * are about that package, and its fixes keep the version in the program. A program of a third party's package stays, with
 * its owner, since no distribution says anything about it; so does one where the distribution is unknown. A layer whose
 * database names no files (distroless) brought what is in the usual directories with its packages.
 */
export function withoutOwnedPrograms(
  features: readonly PlacedFeature[],
  layers: readonly Pick<LayerIndex, 'diffId' | 'detections'>[],
): readonly PlacedFeature[] {
  if (!features.some(isProgram)) return features;
  const unlisted = new Set<Digest>(layers.filter(isUnlisted).map(({ diffId }) => diffId));
  // Most packages own no program, and who built one takes a while to find out.
  const owners = new Set(features.filter(isProgram).map(({ owner }) => owner));
  const owning = features.filter((feature) => owners.has(feature.name) && isBuiltByDistribution(feature));
  const ofDistribution = new Set(owning.map(({ name }) => name));
  const isOfDistribution = owning.length > 0 || features.some(isBuiltByDistribution);
  return features.filter((feature) => {
    if (!isProgram(feature)) return true;
    const { owner, path, layer } = feature;
    if (owner !== undefined) return !ofDistribution.has(owner);
    return !isOfDistribution || !unlisted.has(layer) || !isUsualForPackages(path);
  });
}

function isProgram({ type }: PlacedFeature): boolean {
  return type === 'generic';
}

function isUnlisted({ detections }: Pick<LayerIndex, 'detections'>): boolean {
  return detections.some(({ packageFiles }) => packageFiles?.unlisted === true);
}
