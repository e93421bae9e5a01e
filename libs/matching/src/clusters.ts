import { compareText, sortedTexts } from './order';

/** The ids that one statement gives to one flaw. */
export interface Identified {
  readonly id: string;
  readonly aliases?: readonly string[];
}

/** All statements about one flaw, under its canonical id. */
export interface Cluster<T> {
  /** The CVE if there is one, else a GHSA, else the first id in text order. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly members: readonly T[];
}

const cvePattern = /^CVE-\d{4}-\d{4,19}$/;

/** Tells a real CVE id from placeholders such as `CVE-????-?????`. */
export function isCve(id: string): boolean {
  return cvePattern.test(id);
}

/**
 * Groups statements by flaw. Ids other than CVEs that one statement names together are equal; two CVEs never are,
 * so that no chain of aliases can merge different flaws. A statement that names several CVEs belongs to each of them,
 * and its other ids are then mere mentions. The result does not depend on the order of the items.
 */
export function clusterByFlaw<T extends Identified>(items: readonly T[]): readonly Cluster<T>[] {
  const aliases = aliasSets(items);
  const clusters = new Map<string, T[]>();
  for (const item of items) {
    for (const id of canonicalIds(item, aliases)) {
      const members = clusters.get(id);
      if (members === undefined) clusters.set(id, [item]);
      else members.push(item);
    }
  }
  const aliasesOf = new Map<string, string[]>();
  for (const set of new Set(aliases.values())) {
    for (const id of idsOf(set)) aliasesOf.set(id, [...(aliasesOf.get(id) ?? []), ...set.ids]);
  }
  return [...clusters].map(([id, members]) => ({
    id,
    aliases: sortedTexts(aliasesOf.get(id) ?? []).filter((alias) => alias !== id),
    members,
  }));
}

/** Equal ids other than CVEs, and the CVEs that statements gave the same flaw. */
interface AliasSet {
  readonly ids: Set<string>;
  readonly cves: Set<string>;
}

function split(item: Identified): { readonly cves: readonly string[]; readonly others: readonly string[] } {
  const ids = [...new Set([item.id, ...(item.aliases ?? [])])];
  return { cves: ids.filter(isCve), others: ids.filter((id) => !isCve(id)) };
}

/** The set of each id other than a CVE; small sets are poured into large ones. */
function aliasSets(items: readonly Identified[]): ReadonlyMap<string, AliasSet> {
  const sets = new Map<string, AliasSet>();
  for (const item of items) {
    if (item.aliases === undefined && isCve(item.id)) continue;
    const { cves, others } = split(item);
    if (cves.length > 1) continue;
    let joined: AliasSet = { ids: new Set(), cves: new Set(cves) };
    for (const id of others) joined = join(joined, sets.get(id) ?? { ids: new Set([id]), cves: new Set() }, sets);
  }
  return sets;
}

function join(a: AliasSet, b: AliasSet, sets: Map<string, AliasSet>): AliasSet {
  const [small, large] = a.ids.size < b.ids.size ? [a, b] : [b, a];
  for (const id of small.ids) large.ids.add(id);
  for (const cve of small.cves) large.cves.add(cve);
  for (const id of small.ids) sets.set(id, large);
  for (const id of large.ids) if (!sets.has(id)) sets.set(id, large);
  return large;
}

function canonicalIds(item: Identified, sets: ReadonlyMap<string, AliasSet>): readonly string[] {
  if (item.aliases === undefined && isCve(item.id)) return [item.id];
  const { cves } = split(item);
  if (cves.length > 0) return cves;
  const set = sets.get(item.id);
  return set === undefined ? [item.id] : idsOf(set);
}

function idsOf({ ids, cves }: AliasSet): readonly string[] {
  if (cves.size > 0) return [...cves];
  const sorted = [...ids].sort(compareText);
  return sorted
    .filter((id) => id.startsWith('GHSA-'))
    .concat(sorted)
    .slice(0, 1);
}
