import type { Advisory, AdvisoryChange, AdvisoryGroup, AdvisoryGroupKey, GroupComparison } from '@clarion/model';

/**
 * A group of advisories that is replayed: changes are applied one after the other, and advisories about some
 * vulnerabilities are found without looking at the others.
 */
export class GroupMemory {
  private readonly key: AdvisoryGroupKey;
  private comparison: GroupComparison | null = null;
  private readonly lists = new Map<string, readonly Advisory[]>();
  /** Ids of vulnerabilities by the other ids that their advisories name. */
  private readonly byAlias = new Map<string, Set<string>>();
  /** Ids of vulnerabilities with an advisory that is about another kind of name than the group. */
  private readonly byKind = new Map<string, Set<string>>();

  constructor(key: AdvisoryGroupKey) {
    this.key = key;
  }

  get feed(): string {
    return this.key.feed;
  }

  /** Null when there is no such group. */
  compare(comparison: GroupComparison | null): void {
    this.comparison = comparison;
  }

  load(group: AdvisoryGroup): void {
    this.compare(group);
    const lists = new Map<string, Advisory[]>();
    for (const advisory of group.advisories) {
      const list = lists.get(advisory.id);
      if (list === undefined) lists.set(advisory.id, [advisory]);
      else list.push(advisory);
    }
    for (const [id, list] of lists) this.put(id, list);
  }

  apply({ vulnerability, after }: Pick<AdvisoryChange, 'vulnerability' | 'after'>): void {
    for (const { aliases = [], nameKind = '' } of this.lists.get(vulnerability) ?? []) {
      for (const alias of aliases) this.byAlias.get(alias)?.delete(vulnerability);
      this.byKind.get(nameKind)?.delete(vulnerability);
    }
    this.put(vulnerability, after);
  }

  private put(id: string, list: readonly Advisory[]): void {
    if (list.length === 0) {
      this.lists.delete(id);
      return;
    }
    this.lists.set(id, list);
    for (const { aliases = [], nameKind = '' } of list) {
      for (const alias of aliases) add(this.byAlias, alias, id);
      add(this.byKind, nameKind, id);
    }
  }

  /** All ids that advisories name together with this one. */
  *namedWith(id: string): Generator<string> {
    for (const { aliases = [] } of this.lists.get(id) ?? []) yield* aliases;
    for (const other of this.byAlias.get(id) ?? []) {
      yield other;
      for (const { aliases = [] } of this.lists.get(other) ?? []) yield* aliases;
    }
  }

  /**
   * The group, with the advisories about these vulnerabilities only: and one of each kind of name, which shows what the
   * group is about. Undefined when there is no such group.
   */
  group(about: ReadonlySet<string> | undefined): AdvisoryGroup | undefined {
    if (this.comparison === null) return undefined;
    const { nameKind, scheme, epochs } = this.comparison;
    const ids = about === undefined ? this.lists.keys() : this.idsAbout(about);
    const advisories: Advisory[] = [];
    for (const id of ids) advisories.push(...(this.lists.get(id) ?? []));
    return { ...this.key, nameKind, scheme, ...(epochs === undefined ? {} : { epochs }), advisories };
  }

  private idsAbout(about: ReadonlySet<string>): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const id of about) if (this.lists.has(id)) ids.add(id);
    for (const [first] of this.byKind.values()) if (first !== undefined) ids.add(first);
    return ids;
  }
}

function add(sets: Map<string, Set<string>>, key: string, item: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([item]));
  else set.add(item);
}
