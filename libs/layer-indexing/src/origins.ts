import type { Feature } from '@clarion/model';
import { factsOfPlace, type LayerFacts } from './layer-facts';
import type { WantedPlace } from './wanted-places';

/** A package of a view: its facts under the path it has there, and the number of the layer that introduced it. */
export interface ViewFeature {
  readonly feature: Feature;
  readonly layer: number;
}

/** The packages of one view by what makes them the same package in the next one. */
export type ViewFeatures = ReadonlyMap<string, ViewFeature>;

/**
 * The packages of the view after layer `layer`. One that was there below keeps its origin; one that was away in
 * between belongs to the layer that brought it back.
 */
export function featuresOfView(
  places: readonly WantedPlace[],
  facts: readonly LayerFacts[],
  before: { readonly layer: number; readonly features: ViewFeatures },
): ViewFeatures {
  const features = new Map<string, ViewFeature>();
  for (const place of places) {
    for (const found of factsOfPlace(facts[place.file.layer], place)?.features ?? []) {
      const feature = found.path === place.path ? found : { ...found, path: place.path };
      const key = featureKey(feature);
      features.set(key, { feature, layer: before.features.get(key)?.layer ?? before.layer });
    }
  }
  return features;
}

/** The version holds epoch and release. NUL cannot be part of a path and parts the rest. */
function featureKey({ type, path, name, version, architecture = '' }: Feature): string {
  return [type, path, name, version, architecture].join('\0');
}
