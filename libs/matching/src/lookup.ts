import type { AdvisoryGroup, PackageType, PlacedFeature } from '@clarion/model';
import { compareText } from './order';
import type { MatchFacts } from './types';

/** A name of an installed package with the version that belongs to it; the two are never mixed. */
export interface NamedVersion {
  readonly name: string;
  readonly version: string;
}

/** A group of statements about one name of a package, with the version to hold against its ranges. */
export interface MatchedGroup {
  readonly group: AdvisoryGroup;
  readonly version: string;
  readonly matchedBy: 'source' | 'binary';
}

/** Whether a database that names no source package means that the source is called like the package. */
const sourceIsNameWhenAbsent = { dpkg: true, apk: true, rpm: false } as const satisfies Record<PackageType, boolean>;

export function sourceOf(feature: PlacedFeature): NamedVersion | undefined {
  return feature.source ?? (sourceIsNameWhenAbsent[feature.type] ? feature : undefined);
}

/** Groups found by namespace and name. */
export type GroupIndex = ReadonlyMap<string, readonly AdvisoryGroup[]>;

function key(namespace: string, name: string): string {
  return `${namespace}\0${name}`;
}

/** Reads all groups about any name of the features, each looked up in one namespace, in one question. */
export async function lookUp(
  facts: Pick<MatchFacts, 'advisories'>,
  features: readonly (readonly [namespace: string, PlacedFeature])[],
): Promise<GroupIndex> {
  const names = new Map<string, readonly [string, string]>();
  for (const [namespace, feature] of features) {
    for (const name of [feature.name, sourceOf(feature)?.name]) {
      if (name !== undefined) names.set(key(namespace, name), [namespace, name]);
    }
  }
  const index = new Map<string, AdvisoryGroup[]>();
  const wanted = [...names].sort(([a], [b]) => compareText(a, b)).map(([, pair]) => pair);
  for (const group of wanted.length === 0 ? [] : await facts.advisories(wanted)) {
    const at = key(group.namespace, group.package);
    const known = index.get(at);
    if (known === undefined) index.set(at, [group]);
    else known.push(group);
  }
  return index;
}

/**
 * The groups that speak about a feature, each with the version of the very name it was found by: a source's fixed
 * version is never compared with a binary version.
 */
export function matchedGroups(index: GroupIndex, namespace: string, feature: PlacedFeature): readonly MatchedGroup[] {
  const source = sourceOf(feature);
  const matched: MatchedGroup[] = [];
  if (source !== undefined) {
    for (const group of index.get(key(namespace, source.name)) ?? []) {
      if (group.nameKind !== 'binary') matched.push({ group, version: source.version, matchedBy: 'source' });
    }
  }
  for (const group of index.get(key(namespace, feature.name)) ?? []) {
    const takenAsSource = group.nameKind === 'source' || (group.nameKind === 'either' && source?.name === feature.name);
    if (!takenAsSource) matched.push({ group, version: feature.version, matchedBy: 'binary' });
  }
  return matched;
}
