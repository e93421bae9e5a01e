import type { Advisory, AdvisoryGroup, FeedRecord } from '@clarion/model';

/** The records of a document, counted, and the advisories that a test requested. */
export interface CountedRecords {
  readonly groups: number;
  readonly advisories: number;
  readonly problems: readonly string[];
  readonly texts: number;
  /** Number of distinct advisory ids. */
  readonly advisoryIds: number;
  /** Advisories per namespace. */
  readonly byNamespace: Readonly<Record<string, number>>;
  /** Those about one flaw of one package, with the kind of its name. */
  about(namespace: string, name: string, id: string): readonly (Advisory & Pick<AdvisoryGroup, 'nameKind'>)[];
}

/**
 * Counts the records of feed documents. Keeps only advisories about packages in `packages` (`namespace package`), so that
 * whole feeds can be read.
 */
export async function countRecords(
  records: AsyncIterable<FeedRecord>,
  packages: ReadonlySet<string> = new Set(),
): Promise<CountedRecords> {
  const kept = new Map<string, (Advisory & Pick<AdvisoryGroup, 'nameKind'>)[]>();
  const byNamespace = new Map<string, number>();
  const advisoryIds = new Set<string>();
  const problems: string[] = [];
  let [groups, total, texts] = [0, 0, 0];
  for await (const record of records) {
    if (record.kind === 'problem') problems.push(`${record.record}: ${record.message}`);
    if (record.kind === 'vulnerability') texts += 1;
    if (record.kind !== 'group') continue;
    const { namespace, package: name, nameKind, advisories } = record.group;
    groups += 1;
    total += advisories.length;
    for (const { advisory, id } of advisories) advisoryIds.add(advisory ?? id);
    byNamespace.set(namespace, (byNamespace.get(namespace) ?? 0) + advisories.length);
    const key = `${namespace} ${name}`;
    if (packages.has(key))
      kept.set(key, [...(kept.get(key) ?? []), ...advisories.map((one) => ({ ...one, nameKind }))]);
  }
  return {
    groups,
    advisories: total,
    problems,
    texts,
    advisoryIds: advisoryIds.size,
    byNamespace: Object.fromEntries([...byNamespace].sort(([a], [b]) => (a < b ? -1 : 1))),
    about: (namespace, name, id) => (kept.get(`${namespace} ${name}`) ?? []).filter((one) => one.id === id),
  };
}
