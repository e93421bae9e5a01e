import {
  type AdvisoryGroup,
  type FeedFacts,
  type GroupChange,
  isAdvisoryChange,
  isGroupChange,
  isTextChange,
  type LoggedChange,
  type RepositoryProducts,
  type VulnerabilityRecord,
} from '@clarion/model';
import { canonical } from '../src/fingerprint';

/** All facts of a feed, by what they are about. */
export interface AllFacts {
  readonly groups: ReadonlyMap<string, AdvisoryGroup>;
  readonly texts: ReadonlyMap<string, VulnerabilityRecord>;
  readonly repositories: ReadonlyMap<string, RepositoryProducts>;
}

const keyOf = (...parts: readonly string[]): string => JSON.stringify(parts);
const groupKey = (group: Pick<AdvisoryGroup, 'feed' | 'document' | 'namespace' | 'package'>): string =>
  keyOf(group.feed, group.document, group.namespace, group.package);

/** Reads all stored facts of a feed. */
export async function allFacts(store: FeedFacts, of: string): Promise<AllFacts> {
  const groups = new Map<string, AdvisoryGroup>();
  const texts = new Map<string, VulnerabilityRecord>();
  const repositories = new Map<string, RepositoryProducts>();
  for (const { feed, documents } of await store.feedStates()) {
    for (const document of feed === of ? Object.keys(documents) : []) {
      for await (const group of store.groups(feed, document)) groups.set(groupKey(group), group);
    }
  }
  for await (const text of store.texts(of)) texts.set(keyOf(text.feed, text.id), text);
  for await (const one of store.allRepositories()) {
    if (one.feed === of) repositories.set(keyOf(one.feed, one.repository), one);
  }
  return { groups, texts, repositories };
}

/** The side of changes that facts get. */
export type Side = 'before' | 'after';

/**
 * The facts before an update from those after it, or the other way round, by the changes that it recorded. Of several
 * changes of one key the last one counts, as in a store.
 */
export function withSide(facts: AllFacts, changes: readonly LoggedChange[], side: Side): AllFacts {
  const groups = new Map(facts.groups);
  const texts = new Map(facts.texts);
  const repositories = new Map(facts.repositories);
  for (const change of changes) {
    if (isTextChange(change)) put(texts, keyOf(change.feed, change.vulnerability), change[side]);
    else if (isGroupChange(change)) putGroup(groups, change, side);
    else if (!isAdvisoryChange(change)) {
      const { feed, repository, [side]: cpes } = change;
      put(repositories, keyOf(feed, repository), cpes === null ? null : { feed, repository, cpes });
    }
  }
  for (const change of changes) {
    const group = isAdvisoryChange(change) ? groups.get(groupKey(change)) : undefined;
    if (group === undefined || !isAdvisoryChange(change)) continue;
    const others = group.advisories.filter(({ id }) => id !== change.vulnerability);
    groups.set(groupKey(change), { ...group, advisories: [...others, ...change[side]] });
  }
  for (const [key, group] of groups) groups.set(key, canonical(group).group);
  return { groups, texts, repositories };
}

function putGroup(groups: Map<string, AdvisoryGroup>, change: GroupChange, side: Side): void {
  const { feed, namespace, document, [side]: comparison } = change;
  const location = { namespace, package: change.package, feed, document };
  const advisories = groups.get(groupKey(change))?.advisories ?? [];
  put(groups, groupKey(change), comparison === null ? null : { ...location, ...comparison, advisories });
}

function put<Value>(map: Map<string, Value>, key: string, value: Value | null): void {
  if (value === null) map.delete(key);
  else map.set(key, value);
}
