import { ecosystemOf } from '@clarion/ecosystems';
import type { PlacedFeature, UndeterminedPackage } from '@clarion/model';

/**
 * Packages whose name is not known completely (a jar without a group), and that no advisory names as they are: it is
 * not known which advisories are about them. Files of the distribution's packages are left to the distribution.
 */
export function incompleteNames(
  features: readonly PlacedFeature[],
  isNamed: (feature: PlacedFeature) => boolean,
): readonly UndeterminedPackage[] {
  return features.flatMap((feature) => {
    const { type, name, version, namespace, owner } = feature;
    const reason = ecosystemOf(type)?.lacksInName?.(name);
    if (reason === undefined || owner !== undefined || isNamed(feature)) return [];
    return [{ package: name, version, namespace, reason, vulnerability: null }];
  });
}
