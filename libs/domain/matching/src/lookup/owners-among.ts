import { ecosystemOf } from '@clarion/ecosystems';
import type { PlacedFeature } from '@clarion/model';

/** The packages of a distribution that own packages of languages, by name: one of several architectures may own them. */
export type PackageOwners = ReadonlyMap<string, readonly PlacedFeature[]>;

/** The owners of the packages of languages among `owned`, as far as they are among `installed`. */
export function ownersAmong(owned: readonly PlacedFeature[], installed: readonly PlacedFeature[]): PackageOwners {
  const owners = new Map<string, PlacedFeature[]>();
  for (const { owner } of owned) if (owner !== undefined && !owners.has(owner)) owners.set(owner, []);
  if (owners.size === 0) return owners;
  for (const feature of installed) {
    if (isOfDistribution(feature)) owners.get(feature.name)?.push(feature);
  }
  return owners;
}

function isOfDistribution({ type }: PlacedFeature): boolean {
  const row = ecosystemOf(type);
  return row !== undefined && row.namespace === undefined;
}
