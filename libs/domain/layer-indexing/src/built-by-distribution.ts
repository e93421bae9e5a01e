import { builderOf, thirdPartyOf } from '@clarion/distributions';
import { ecosystemOf } from '@clarion/ecosystems';
import type { PlacedFeature } from '@clarion/model';

/** Whether a package is one of the image's distribution, as far as is known. */
export function isBuiltByDistribution(feature: PlacedFeature): boolean {
  if (feature.namespace === null || ecosystemOf(feature.type)?.namespace !== undefined) return false;
  return thirdPartyOf(feature) === undefined && builderOf(feature) !== 'other';
}
