import { compareText, sortedTexts, isCveId } from '@clarion/model';

/** The ids that one advisory gives to one flaw. */
export interface AdvisoryIds {
  readonly id: string;
  readonly aliases?: readonly string[];
}

/** All advisories about one flaw, under its canonical id. */
export interface FlawCluster<T> {
  /** The CVE if there is one, else a GHSA, else the first id in text order. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly members: readonly T[];
}

/**
 * Groups advisories by flaw. Ids other than CVEs that one advisory names together are equal; two CVEs never are,
 * so that no chain of aliases can merge different flaws. An advisory that names several CVEs belongs to each of them,
 * and its other ids are then mere mentions. The result does not depend on the order of the items.
 */
export function clusterByFlaw<T>(items: readonly T[], identify: (item: T) => AdvisoryIds): readonly FlawCluster<T>[] {
  const names = new Map<string, readonly string[]>();
  const aliases = new Map<string, string[]>();
  for (const set of new Set(aliasSets(items.map(identify)).values())) {
    const canonical = canonicalIds(set);
    for (const id of set.ids) names.set(id, canonical);
    for (const id of canonical) append(aliases, id, set.ids);
  }
  const members = new Map<string, T[]>();
  for (const item of items) {
    for (const id of clusterIds(identify(item), names)) append(members, id, [item]);
  }
  return [...members].map(([id, advisories]) => ({
    id,
    aliases: sortedTexts(aliases.get(id) ?? []).filter((alias) => alias !== id),
    members: advisories,
  }));
}

function append<T>(lists: Map<string, T[]>, key: string, items: Iterable<T>): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [...items]);
  else for (const item of items) list.push(item);
}

/** Equal ids other than CVEs, and the CVEs that advisories gave the same flaw. */
interface AliasSet {
  readonly ids: Set<string>;
  readonly cves: Set<string>;
}

function split(item: AdvisoryIds): { readonly cves: readonly string[]; readonly others: readonly string[] } {
  const ids = [...new Set([item.id, ...(item.aliases ?? [])])];
  return { cves: ids.filter(isCveId), others: ids.filter((id) => !isCveId(id)) };
}

/** The set of each id other than a CVE. */
function aliasSets(items: readonly AdvisoryIds[]): ReadonlyMap<string, AliasSet> {
  const sets = new Map<string, AliasSet>();
  for (const item of items) {
    if (item.aliases === undefined && isCveId(item.id)) continue;
    const { cves, others } = split(item);
    const [first, ...rest] = others;
    if (cves.length > 1 || first === undefined) continue;
    let set = setOf(first, sets);
    for (const id of rest) set = join(set, setOf(id, sets), sets);
    for (const cve of cves) set.cves.add(cve);
  }
  return sets;
}

function setOf(id: string, sets: Map<string, AliasSet>): AliasSet {
  const set = sets.get(id) ?? { ids: new Set([id]), cves: new Set() };
  sets.set(id, set);
  return set;
}

/** Merges the smaller set into the larger one, so that long chains of aliases stay cheap. */
function join(a: AliasSet, b: AliasSet, sets: Map<string, AliasSet>): AliasSet {
  if (a === b) return a;
  const [small, large] = a.ids.size < b.ids.size ? [a, b] : [b, a];
  for (const id of small.ids) {
    large.ids.add(id);
    sets.set(id, large);
  }
  for (const cve of small.cves) large.cves.add(cve);
  return large;
}

/** The clusters that an advisory belongs to: those of its CVEs, else those of its other ids. */
function clusterIds(item: AdvisoryIds, names: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (item.aliases === undefined && isCveId(item.id)) return [item.id];
  const { cves } = split(item);
  return cves.length > 0 ? cves : (names.get(item.id) ?? []);
}

function canonicalIds({ ids, cves }: AliasSet): readonly string[] {
  if (cves.size > 0) return [...cves];
  const sorted = [...ids].sort(compareText);
  return sorted
    .filter((id) => id.startsWith('GHSA-'))
    .concat(sorted)
    .slice(0, 1);
}
