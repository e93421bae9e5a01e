import {
  type Advisory,
  type AdvisoryChange,
  type AdvisoryGroup,
  type FeedRevision,
  type FeedState,
  type GroupChange,
  type GroupComparison,
  isAdvisoryChange,
  isGroupChange,
  isRepositoryChange,
  isTextChange,
  type LoggedChange,
  type RepositoryProducts,
  type VulnerabilityRecord,
} from '@clarion/model';
import { factsOf, stateOf } from '@clarion/test-kit/match-facts';
import type { HistoryReader } from '../src/facts-at';

/** All facts of a feed after a commit; what is left out is removed. */
export interface FeedContent {
  readonly groups?: readonly AdvisoryGroup[];
  readonly texts?: readonly VulnerabilityRecord[];
  readonly repositories?: readonly RepositoryProducts[];
  readonly state?: Partial<FeedState>;
}

/** A store with a log of changes, in memory, for facts of any feeds. */
export interface RecordedHistory extends HistoryReader {
  /** Replaces the facts of a feed. The first commit, or one with `first`, records no changes. Returns the update. */
  commit(feed: string, at: string, content: FeedContent, options?: { readonly first?: true }): string;
  /** A check of a feed that found nothing new. */
  check(feed: string, at: string): void;
  /** Deletes the log before a time. */
  forget(before: string): void;
}

type Change = LoggedChange;

export function recordedHistory(): RecordedHistory {
  const contents = new Map<string, FeedContent>();
  const states = new Map<string, FeedState>();
  const revisions: FeedRevision[] = [];
  let log: Change[] = [];
  let from: string | undefined;
  let commits = 0;

  const facts = () => {
    const all = [...contents.values()];
    return factsOf(
      all.flatMap(({ groups = [] }) => groups),
      {
        texts: all.flatMap(({ texts = [] }) => texts),
        repositories: all.flatMap(({ repositories = [] }) => repositories),
        states: [...states.values()],
      },
    );
  };
  const newestOf = (feed: string) => revisions.filter((one) => one.feed === feed).at(-1);
  async function* rows<T extends Change>(is: (change: Change) => change is T, about: (change: T) => boolean) {
    await Promise.resolve();
    for (const change of log) if (is(change) && about(change)) yield change;
  }

  return {
    feedStates: () => facts().feedStates(),
    advisories: (names) => facts().advisories(names),
    packageNames: (namespace) => facts().packageNames(namespace),
    repositories: (names) => facts().repositories(names),
    vulnerabilities: (ids) => facts().vulnerabilities(ids),
    commit(feed, at, content, { first } = {}) {
      const before = newestOf(feed);
      const update = `${at} ${String((commits += 1)).padStart(6, '0')}`;
      const isFirst = before === undefined || first === true;
      const changes = isFirst ? [] : [...changesBetween(contents.get(feed) ?? {}, content, { feed, update })];
      log.push(...changes);
      const previousSuccess = states.get(feed)?.lastSuccess;
      const namespaces = [...new Set((content.groups ?? []).map(({ namespace }) => namespace))];
      const state = stateOf(feed, namespaces, { lastAttempt: at, lastSuccess: at, lastChange: at, ...content.state });
      contents.set(feed, content);
      states.set(feed, state);
      revisions.push({
        ...{ feed, update, at, changes: changes.length, state },
        ...(isFirst && { first: true as const }),
        ...(before !== undefined && previousSuccess !== undefined && { previousSuccess }),
      });
      return update;
    },
    check(feed, at) {
      const state = states.get(feed);
      if (state !== undefined) states.set(feed, { ...state, lastAttempt: at, lastSuccess: at });
    },
    forget(before) {
      const gone = new Set(revisions.filter(({ at }) => at < before).map(({ update }) => update));
      log = log.filter(({ update }) => !gone.has(update));
      from = before;
    },
    revisions(feed, { after, limit }) {
      const all = revisions.filter((one) => one.feed === feed && (after === undefined || one.update < after)).reverse();
      const items = all.slice(0, limit);
      const last = items.at(-1);
      return Promise.resolve({ items, ...(all.length > limit && last !== undefined && { next: last.update }) });
    },
    revisionsAt(time) {
      const feeds = [...new Set(revisions.map(({ feed }) => feed))];
      const found = feeds.flatMap((feed) => {
        const ofFeed = revisions.filter((one) => one.feed === feed);
        const index = ofFeed.findLastIndex(({ at }) => at <= time);
        const current = ofFeed[index];
        return current === undefined ? [] : [{ ...current, next: ofFeed[index + 1] ?? null }];
      });
      return Promise.resolve(found);
    },
    revisionTimes: (updates) => {
      const named = new Set(updates.map(([feed, update]) => `${feed} ${update}`));
      return Promise.resolve(revisions.filter(({ feed, update }) => named.has(`${feed} ${update}`)));
    },
    horizons: () => {
      const newest = new Map(revisions.filter(({ first }) => first === true).map((one) => [one.feed, one]));
      return Promise.resolve([...newest.values()]);
    },
    removedFeeds: () => Promise.resolve([]),
    historyFrom: () => Promise.resolve(from),
    historySize: () => Promise.resolve({ changes: log.length, bytes: 0 }),
    packageChanges: (names, since) => {
      const keys = new Set(names.map(([namespace, name]) => `${namespace}\0${name}`));
      const is = (change: Change): change is AdvisoryChange | GroupChange =>
        isAdvisoryChange(change) || isGroupChange(change);
      return rows(is, (one) => isLater(one, since) && keys.has(`${one.namespace}\0${one.package}`));
    },
    groupChanges: (namespace, since) =>
      rows(isGroupChange, (one) => isLater(one, since) && one.namespace === namespace),
    textChanges: (ids, since) => rows(isTextChange, (one) => isLater(one, since) && ids.includes(one.vulnerability)),
    repositoryChanges: (names, since) =>
      rows(isRepositoryChange, (one) => isLater(one, since) && names.includes(one.repository)),
    vulnerabilityChanges: (id, since = new Map()) => {
      const is = (change: Change): change is AdvisoryChange => isAdvisoryChange(change) || isTextChange(change);
      return rows(is, (one) => isLater(one, since) && one.vulnerability === id);
    },
  };
}

function isLater({ feed, update }: Change, since: ReadonlyMap<string, string>): boolean {
  const seen = since.get(feed);
  return seen === undefined || update > seen;
}

interface Of {
  readonly feed: string;
  readonly update: string;
}

function* changesBetween(before: FeedContent, after: FeedContent, of: Of): Generator<Change> {
  const key = (group: AdvisoryGroup): string => JSON.stringify([group.namespace, group.package, group.document]);
  for (const [old, now] of pairs(before.groups ?? [], after.groups ?? [], key)) yield* groupChanges(old, now, of);
  for (const [old, now] of pairs(before.texts ?? [], after.texts ?? [], ({ id }) => id)) {
    const vulnerability = (now ?? old)?.id ?? '';
    if (differ(old, now)) yield { ...of, vulnerability, before: old ?? null, after: now ?? null };
  }
  for (const [old, now] of pairs(before.repositories ?? [], after.repositories ?? [], (one) => one.repository)) {
    const repository = (now ?? old)?.repository ?? '';
    const change = { before: old?.cpes ?? null, after: now?.cpes ?? null };
    if (differ(old, now)) yield { ...of, silent: true, repository, ...change };
  }
}

function* groupChanges(old: AdvisoryGroup | undefined, now: AdvisoryGroup | undefined, of: Of): Generator<Change> {
  const group = now ?? old;
  if (group === undefined) return;
  const { namespace, document } = group;
  const at = { ...of, namespace, package: group.package, document };
  const [before, after] = [comparisonOf(old), comparisonOf(now)];
  if (differ(before, after)) yield { ...at, silent: true, before, after };
  const ids = new Set([...(old?.advisories ?? []), ...(now?.advisories ?? [])].map(({ id }) => id));
  for (const vulnerability of ids) {
    const lists = { before: about(old, vulnerability), after: about(now, vulnerability) };
    const { nameKind, scheme } = group;
    if (differ(lists.before, lists.after)) yield { ...at, nameKind, scheme, vulnerability, ...lists };
  }
}

function comparisonOf(group: AdvisoryGroup | undefined): GroupComparison | null {
  if (group === undefined) return null;
  const { nameKind, scheme, epochs } = group;
  return { nameKind, scheme, ...(epochs === undefined ? {} : { epochs }) };
}

function about(group: AdvisoryGroup | undefined, id: string): readonly Advisory[] {
  return (group?.advisories ?? []).filter((advisory) => advisory.id === id);
}

function pairs<T>(
  before: readonly T[],
  after: readonly T[],
  key: (one: T) => string,
): readonly (readonly [T | undefined, T | undefined])[] {
  const [old, now] = [before, after].map((list) => new Map(list.map((one) => [key(one), one])));
  return [...new Set([...before, ...after].map(key))].map((one) => [old?.get(one), now?.get(one)]);
}

function differ(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) !== JSON.stringify(b ?? null);
}
