import { thirdPartyOf } from '@clarion/distributions';
import { ecosystemOf } from '@clarion/ecosystems';
import type { PlacedFeature } from '@clarion/model';

/**
 * Leaves out programs that a package of the image's distribution owns (detectors.md §8): the distribution's advisories
 * are about that package, and its fixes keep the version in the program. A program of a third party's package stays, with
 * its owner, since no distribution says anything about it; so does one where the distribution is unknown.
 */
export function withoutOwnedPrograms(features: readonly PlacedFeature[]): readonly PlacedFeature[] {
  if (!features.some(isOwnedProgram)) return features;
  const ofDistribution = new Set(features.filter(isOfDistribution).map(({ name }) => name));
  return features.filter((feature) => !isOwnedProgram(feature) || !ofDistribution.has(feature.owner ?? ''));
}

function isOwnedProgram({ type, owner }: PlacedFeature): boolean {
  return owner !== undefined && type === 'generic';
}

function isOfDistribution(feature: PlacedFeature): boolean {
  if (feature.namespace === null || ecosystemOf(feature.type)?.namespace !== undefined) return false;
  return thirdPartyOf(feature) === undefined;
}
