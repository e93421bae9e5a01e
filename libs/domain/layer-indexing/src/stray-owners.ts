import { distributionOf } from '@clarion/distributions';
import type { PlacedFeature } from '@clarion/model';
import { isBuiltByDistribution } from './built-by-distribution';
import { isOfDistribution } from './recognised-paths';

/**
 * Takes the owner from packages of languages in directories where their distribution puts nothing: what the list of one
 * of its packages names in `/app` or `/usr/local` did not come from the distribution, so its advisories are not about it.
 * A package of somebody else keeps its files, wherever they are.
 */
export function withoutStrayOwners(features: readonly PlacedFeature[]): readonly PlacedFeature[] {
  const isElsewhere = ({ owner, path }: PlacedFeature): boolean => owner !== undefined && !isOfDistribution(path);
  if (!features.some(isElsewhere)) return features;
  const directories = new Map<string, readonly string[]>();
  for (const feature of features.filter(isBuiltByDistribution)) {
    directories.set(feature.name, distributionOf(feature.namespace)?.furtherDirectories ?? []);
  }
  return features.map((feature) => {
    if (!isElsewhere(feature)) return feature;
    const { owner = '', ...unowned } = feature;
    const further = directories.get(owner);
    return further === undefined || further.some((start) => feature.path.startsWith(start)) ? feature : unowned;
  });
}
