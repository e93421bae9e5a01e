import type {
  Advisory,
  AdvisoryGroup,
  FeedWriter,
  GroupComparison,
  LoggedChange,
  RepositoryProducts,
  VulnerabilityRecord,
} from '@clarion/model';

import { updateId } from './store-contract-history-facts';

/** Facts of a feed, by their keys. */
export interface FeedModel {
  readonly groups: ReadonlyMap<string, AdvisoryGroup>;
  readonly texts: ReadonlyMap<string, VulnerabilityRecord>;
  readonly repositories: ReadonlyMap<string, RepositoryProducts>;
}

export const emptyModel: FeedModel = { groups: new Map(), texts: new Map(), repositories: new Map() };

export const namespaces = ['debian:12', '__proto__'] as const;
export const packages = ['openssl', 'linux', 'größe\t'] as const;
export const vulnerabilities = ['CVE-2024-0001', 'CVE-2024-0002', 'GHSA-ä', 'x'.repeat(3000)] as const;
export const described = ['CVE-2024-0001', 'CVE-2024-0002', 'CVE-2024-0103', 'a', 'x'.repeat(3000)] as const;
export const repositories = ['baseos', 'größe'] as const;
const documents = ['main', 'extra'] as const;

/** Numbers that depend on the seed alone. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    this.state = (Math.imul(this.state ^ (this.state >>> 15), 0x2c1b_3c6d) + 0x6d2b_79f5) | 0;
    const mixed = Math.imul(this.state ^ (this.state >>> 12), 0x297a_2d39);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % limit;
  }

  of<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new Error('There is nothing to choose from');
    return value;
  }
}

/** The facts of a feed after some random changes. */
export function changedModel(feed: string, before: FeedModel, random: Random): FeedModel {
  const groups = new Map(before.groups);
  const texts = new Map(before.texts);
  const repos = new Map(before.repositories);
  for (let count = 1 + random.below(6); count > 0; count -= 1) {
    const kind = random.below(4);
    if (kind < 2) changeGroup(feed, groups, random);
    else if (kind === 2) changeText(feed, texts, random);
    else changeRepository(feed, repos, random);
  }
  return { groups, texts, repositories: repos };
}

function changeGroup(feed: string, groups: Map<string, AdvisoryGroup>, random: Random): void {
  const [namespace, name, document] = [random.of(namespaces), random.of(packages), random.of(documents)];
  const key = JSON.stringify([namespace, name, document]);
  const known = groups.get(key);
  if (known !== undefined && random.below(4) === 0) {
    groups.delete(key);
    return;
  }
  const epochs = random.below(3) === 0 ? { epochs: 'auto' as const } : {};
  const comparison: GroupComparison =
    known !== undefined && random.below(3) > 0
      ? known
      : { nameKind: random.of(['source', 'binary']), scheme: 'dpkg', ...epochs };
  const kept = (known?.advisories ?? []).filter(() => random.below(3) > 0);
  const added = Array.from({ length: random.below(3) }, (): Advisory => {
    const state = random.of(['affected', 'fixed', 'not_affected'] as const);
    return { id: random.of(vulnerabilities), state, reason: `r${random.below(3)}` };
  });
  const { nameKind, scheme } = comparison;
  const shown = { nameKind, scheme, ...(comparison.epochs === undefined ? {} : { epochs: comparison.epochs }) };
  groups.set(key, { namespace, package: name, feed, document, ...shown, advisories: [...kept, ...added] });
}

function changeText(feed: string, texts: Map<string, VulnerabilityRecord>, random: Random): void {
  const id = random.of(described);
  const kind = random.below(6);
  if (kind === 0) texts.delete(id);
  else if (kind === 1) texts.set(id, { feed, id, description: `d${random.below(3)}`, epss: { score: 0.5 } });
  else texts.set(id, { feed, id, epss: { score: random.below(5) / 10, percentile: 0.1, date: `d${random.below(3)}` } });
}

function changeRepository(feed: string, all: Map<string, RepositoryProducts>, random: Random): void {
  const repository = random.of(repositories);
  if (random.below(3) === 0) all.delete(repository);
  else all.set(repository, { feed, repository, cpes: [`cpe:${random.below(4)}`] });
}

/** Puts the facts that differ. */
export async function putDifference(writer: FeedWriter, before: FeedModel, after: FeedModel): Promise<void> {
  for (const [key, group] of after.groups) if (before.groups.get(key) !== group) await writer.put(group, 'h');
  for (const [key, group] of before.groups) if (!after.groups.has(key)) await writer.remove(group);
  for (const [id, text] of after.texts) if (before.texts.get(id) !== text) await writer.putText(text);
  for (const id of before.texts.keys()) if (!after.texts.has(id)) await writer.removeText(id);
  for (const [name, one] of after.repositories) {
    if (before.repositories.get(name) !== one) await writer.putRepository(one);
  }
  for (const name of before.repositories.keys()) if (!after.repositories.has(name)) await writer.removeRepository(name);
}

/** Everything that an update changed, of which some is silent. */
export function differenceOf(
  n: number,
  [before, after]: readonly [FeedModel, FeedModel],
  random: Random,
): LoggedChange[] {
  const update = updateId(n);
  const silent = () => (random.below(2) === 0 ? { silent: true as const } : {});
  const changes: LoggedChange[] = [];
  for (const key of keysOf(before.groups, after.groups)) {
    const [was, is] = [before.groups.get(key), after.groups.get(key)];
    const group = is ?? was;
    if (group === undefined) continue;
    const { namespace, package: name, feed, document } = group;
    const location = { update, feed, namespace, package: name, document };
    const [compared, compares] = [comparisonOf(was), comparisonOf(is)];
    if (!isSame(compared, compares)) changes.push({ ...location, silent: true, before: compared, after: compares });
    for (const vulnerability of vulnerabilities) {
      const of = (one: AdvisoryGroup | undefined) => (one?.advisories ?? []).filter(({ id }) => id === vulnerability);
      const [old, now] = [of(was), of(is)];
      const { nameKind, scheme, epochs } = group;
      const how = { nameKind, scheme, ...(epochs === undefined ? {} : { epochs }) };
      if (!isSame(old, now)) changes.push({ ...location, ...how, vulnerability, before: old, after: now, ...silent() });
    }
  }
  for (const id of keysOf(before.texts, after.texts)) {
    const [old, now] = [before.texts.get(id) ?? null, after.texts.get(id) ?? null];
    const feed = (now ?? old)?.feed ?? '';
    if (!isSame(old, now)) changes.push({ update, feed, vulnerability: id, before: old, after: now, ...silent() });
  }
  for (const repository of keysOf(before.repositories, after.repositories)) {
    const [old, now] = [before.repositories.get(repository), after.repositories.get(repository)];
    const feed = (now ?? old)?.feed ?? '';
    const cpes = { before: old?.cpes ?? null, after: now?.cpes ?? null };
    if (!isSame(old, now)) changes.push({ update, feed, repository, silent: true, ...cpes });
  }
  return changes;
}

export function comparisonOf(group: AdvisoryGroup | undefined): GroupComparison | null {
  if (group === undefined) return null;
  const { nameKind, scheme, epochs } = group;
  return { nameKind, scheme, ...(epochs === undefined ? {} : { epochs }) };
}

function keysOf(...maps: readonly ReadonlyMap<string, unknown>[]): readonly string[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))];
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
