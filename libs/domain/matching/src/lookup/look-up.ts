import { advisoryNamespaces } from '@clarion/distributions';
import { comparedName, ecosystemOf } from '@clarion/ecosystems';
import { type Advisory, type AdvisoryGroup, compareText, type PlacedFeature } from '@clarion/model';
import type { MatchFacts } from '../match-options';

/** A name of an installed package with the version that belongs to it; the two are never mixed. */
export interface NamedVersion {
  readonly name: string;
  readonly version: string;
}

/** A group of advisories about one name of a package, with the version to compare with its ranges. */
export interface MatchedGroup {
  readonly group: AdvisoryGroup;
  readonly version: string;
  readonly matchedBy: 'source' | 'binary';
  /** Source and binary have the same name: an advisory for either has already matched the source. */
  readonly sameName: boolean;
  /** Its advisories decide only about flaws that other namespaces say nothing about. */
  readonly secondary: boolean;
  /** Why all of its advisories are less than certain. */
  readonly note?: string;
}

export function sourceOf(feature: PlacedFeature): NamedVersion | undefined {
  const { type, source } = feature;
  const row = ecosystemOf(type);
  return source ?? (row === undefined || row.sourceIsNameWhenAbsent === true ? feature : undefined);
}

/** Groups found by namespace and name. */
export type GroupIndex = ReadonlyMap<string, readonly AdvisoryGroup[]>;

function key(namespace: string, name: string): string {
  return `${namespace}\0${name}`;
}

/** The names under which advisories about a feature are looked up, in one namespace of its image. */
export function lookupNames(
  namespace: string,
  feature: PlacedFeature,
): readonly (readonly [namespace: string, name: string])[] {
  const source = sourceOf(feature)?.name;
  const names = source === undefined || source === feature.name ? [feature.name] : [feature.name, source];
  return advisoryNamespaces(namespace).flatMap(({ id }) =>
    names.map((name) => [id, comparedName(feature.type, name)] as const),
  );
}

/** Reads all groups about any name of the features, each for one namespace of an image, in one request. */
export async function lookUp(
  facts: Pick<MatchFacts, 'advisories'>,
  features: readonly (readonly [namespace: string, PlacedFeature])[],
): Promise<GroupIndex> {
  const names = new Map<string, readonly [string, string]>();
  for (const [namespace, feature] of features) {
    for (const [id, name] of lookupNames(namespace, feature)) names.set(key(id, name), [id, name]);
  }
  const index = new Map<string, AdvisoryGroup[]>();
  const requested = [...names].sort(([a], [b]) => compareText(a, b)).map(([, pair]) => pair);
  for (const group of requested.length === 0 ? [] : await facts.advisories(requested)) {
    const at = key(group.namespace, group.package);
    const known = index.get(at);
    if (known === undefined) index.set(at, [group]);
    else known.push(group);
  }
  return index;
}

/**
 * The groups about a feature, each with the version of the name that it was found by: a source's fixed
 * version is never compared with a binary version.
 */
export function matchedGroups(index: GroupIndex, namespace: string, feature: PlacedFeature): readonly MatchedGroup[] {
  const source = sourceOf(feature);
  const sameName = source?.name === feature.name;
  const matched: MatchedGroup[] = [];
  for (const { id, version: form, secondary = false, note } of advisoryNamespaces(namespace)) {
    if (form?.test(feature.version) === false) continue;
    const add = ({ name, version }: NamedVersion, matchedBy: MatchedGroup['matchedBy']): void => {
      for (const group of index.get(key(id, comparedName(feature.type, name))) ?? []) {
        const found = { group, version, matchedBy, sameName, secondary, ...(note === undefined ? {} : { note }) };
        if (group.advisories.length === 0 ? meets(group.nameKind, found) : speaks(found)) matched.push(found);
      }
    };
    if (source !== undefined) add(source, 'source');
    add(feature, 'binary');
  }
  return matched;
}

/** Whether any advisory of a group is about the name it was found by. */
function speaks(found: MatchedGroup): boolean {
  const { advisories, nameKind } = found.group;
  return advisories.some((advisory) => meets(advisory.nameKind ?? nameKind, found));
}

/** Whether a single advisory is about the name that its group was found by. */
export function isAboutName({ nameKind }: Pick<Advisory, 'nameKind'>, found: MatchedGroup): boolean {
  return meets(nameKind ?? found.group.nameKind, found);
}

function meets(kind: AdvisoryGroup['nameKind'], { matchedBy, sameName }: MatchedGroup): boolean {
  if (matchedBy === 'source') return kind !== 'binary';
  return kind === 'binary' || (kind === 'either' && !sameName);
}
