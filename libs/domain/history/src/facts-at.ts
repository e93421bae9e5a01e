import type { MatchFacts } from '@clarion/matching';
import {
  type AdvisoryChange,
  byTexts,
  type ChangesSince,
  compareText,
  type GroupChange,
  type HistoryStore,
  type RepositoryChange,
  type RepositoryProducts,
  type TextChange,
  type Vulnerability,
  type VulnerabilityRecord,
} from '@clarion/model';
import { FirstChanges } from './first-changes';
import { type KnownFeedsAt, revisionsAt } from './revisions-at';
import { changeKey, undoGroups } from './undo-groups';

/** What the facts of the past are read from. */
export type HistoryReader = MatchFacts & Omit<HistoryStore, 'changedFacts'>;

/** The facts at a time, and the revisions of the feeds that they are. */
export interface FactsAt extends Pick<KnownFeedsAt, 'revisions'> {
  readonly facts: MatchFacts;
}

/**
 * The stored facts as they were known at a time (RFC 3339, UTC): those of today with the log of changes since then
 * undone, for exactly the records that are asked for. A feed without a revision at that time contributes nothing.
 * Answers stay right while feeds are updated meanwhile. Rejects with `history-pruned` for a time before the log begins,
 * also when the log is pruned up to a later time meanwhile.
 */
export async function factsAt(store: HistoryReader, time: string): Promise<FactsAt> {
  const known = await revisionsAt(store, time);
  const since = new Map(known.revisions.map(({ feed, update }) => [feed, update]));
  const facts: MatchFacts = {
    // Called before and after a match: what was forgotten, or loaded again, meanwhile is noticed.
    feedStates: async () => {
      const states = (await revisionsAt(store, time)).states.filter(({ feed }) => since.has(feed));
      for (const feed of [...since.keys()]) if (!states.some((state) => state.feed === feed)) since.delete(feed);
      return states;
    },
    ...factsSince(store, since),
  };
  return { facts, revisions: known.revisions };
}

/** The facts as they were at these revisions, without those of other feeds. */
export function factsSince(store: HistoryReader, since: ChangesSince): Omit<MatchFacts, 'feedStates'> {
  return {
    advisories: (names) => advisoriesAt(store, since, names),
    packageNames: (namespace) => packageNamesAt(store, since, namespace),
    vulnerabilities: (ids) => vulnerabilitiesAt(store, since, ids),
    repositories: (names) => repositoriesAt(store, since, names),
  };
}

type Name = readonly [namespace: string, name: string];

/*
 * Everywhere, what is stored is read before the log: what is changed in between has a row in the log then, whose
 * `before` is what was read.
 */
async function advisoriesAt(
  store: HistoryReader,
  since: ChangesSince,
  names: readonly Name[],
): ReturnType<MatchFacts['advisories']> {
  const stored = byPackage((await store.advisories(names)).filter(({ feed }) => since.has(feed)));
  const first = new FirstChanges<AdvisoryChange | GroupChange>(since, changeKey);
  const changed = byPackage((await first.read(store.packageChanges(names, since, { firstOnly: true }))).values());
  return names.flatMap(([namespace, name]) => {
    const key = packageKey({ namespace, package: name });
    return undoGroups(stored.get(key) ?? [], changed.get(key) ?? []);
  });
}

function byPackage<Item extends { readonly namespace: string; readonly package: string }>(
  items: Iterable<Item>,
): ReadonlyMap<string, readonly Item[]> {
  const lists = new Map<string, Item[]>();
  for (const item of items) {
    const key = packageKey(item);
    const known = lists.get(key);
    if (known === undefined) lists.set(key, [item]);
    else known.push(item);
  }
  return lists;
}

function packageKey({ namespace, package: name }: { readonly namespace: string; readonly package: string }): string {
  return `${namespace}\0${name}`;
}

/** Those of today, which may be more, and those that were removed since. */
async function packageNamesAt(
  store: HistoryReader,
  since: ChangesSince,
  namespace: string,
): Promise<readonly string[]> {
  const names = new Set(await store.packageNames(namespace));
  for await (const { feed, before, package: name } of store.groupChanges(namespace, since)) {
    if (since.has(feed) && before !== null) names.add(name);
  }
  return [...names].sort(compareText);
}

async function vulnerabilitiesAt(
  store: HistoryReader,
  since: ChangesSince,
  ids: readonly string[],
): Promise<readonly Vulnerability[]> {
  const stored = new Map((await store.vulnerabilities(ids)).map(({ id, texts }) => [id, texts]));
  const first = new FirstChanges<TextChange>(since, ({ vulnerability, feed }) => `${vulnerability}\0${feed}`);
  await first.read(store.textChanges(ids, since, { firstOnly: true }));
  const before = new Map<string, Map<string, VulnerabilityRecord | null>>();
  for (const change of first.values()) {
    const ofId = before.get(change.vulnerability) ?? new Map<string, VulnerabilityRecord | null>();
    before.set(change.vulnerability, ofId.set(change.feed, change.before));
  }
  return ids.flatMap((id): Vulnerability[] => {
    const texts = undoRecords(
      (stored.get(id) ?? []).filter(({ feed }) => since.has(feed)),
      before.get(id),
    );
    return texts.length === 0 ? [] : [{ id, texts }];
  });
}

const byFeed = byTexts<{ readonly feed: string }>(({ feed }) => feed);

/** Records of one key, one of each feed, with those of some feeds replaced. */
function undoRecords<Item extends { readonly feed: string }>(
  stored: readonly Item[],
  before: ReadonlyMap<string, Item | null> | undefined,
): readonly Item[] {
  if (before === undefined) return stored;
  const kept = stored.filter(({ feed }) => !before.has(feed));
  return [...kept, ...[...before.values()].flatMap((item) => item ?? [])].sort(byFeed);
}

async function repositoriesAt(
  store: HistoryReader,
  since: ChangesSince,
  names: readonly string[],
): Promise<readonly RepositoryProducts[]> {
  const stored = new Map<string, RepositoryProducts[]>();
  for (const one of await store.repositories(names)) {
    if (since.has(one.feed)) stored.set(one.repository, [...(stored.get(one.repository) ?? []), one]);
  }
  const first = new FirstChanges<RepositoryChange>(since, ({ repository, feed }) => `${repository}\0${feed}`);
  await first.read(store.repositoryChanges(names, since));
  const before = new Map<string, Map<string, RepositoryProducts | null>>();
  for (const { repository, feed, before: cpes } of first.values()) {
    const ofName = before.get(repository) ?? new Map<string, RepositoryProducts | null>();
    before.set(repository, ofName.set(feed, cpes === null ? null : { feed, repository, cpes }));
  }
  return names.flatMap((name) => undoRecords(stored.get(name) ?? [], before.get(name)));
}
