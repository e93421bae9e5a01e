import { inspect } from 'node:util';

import {
  type FactChange,
  type FeedState,
  type FeedWriter,
  type GroupChange,
  isTextChange,
  type LoggedChange,
  type RepositoryChange,
  type Store,
  type TextChange,
} from '@clarion/model';

import { testFeedState } from './store-contract-facts';
import { testChange } from './store-contract-service-facts';

/** The id of update number `n`: in their order. */
export function updateId(n: number): string {
  return `0190163d-8694-739b-aea5-${String(n).padStart(12, '0')}`;
}

/** A time on a day in March 2024, `HH:MM`. */
export function timeOf(clock: string): string {
  return `2024-03-01T${clock}:00.000Z`;
}

/** When update number `n` is committed, unless stated: `n` minutes after 10:00. */
export function timeOfUpdate(n: number): string {
  return new Date(Date.parse(timeOf('10:00')) + n * 60_000).toISOString();
}

/** What a test commits: changes take the feed and the update of the commit. */
export interface TestCommit {
  readonly at?: string;
  readonly first?: true;
  readonly changes?: readonly LoggedChange[];
  readonly state?: Partial<FeedState>;
  /** Puts facts. */
  readonly put?: (writer: FeedWriter) => Promise<void>;
}

/** Commits update number `n` of a feed with its revision. */
export async function commitUpdate(store: Store, feed: string, n: number, commit: TestCommit = {}): Promise<void> {
  const { at = timeOfUpdate(n), first, changes = [], state = {}, put } = commit;
  const writer = await store.writeFeed(feed);
  await put?.(writer);
  for (const change of changes) await writer.putChange({ ...change, feed, update: updateId(n) });
  await writer.commit(testFeedState(feed, state), { update: updateId(n), at, ...(first && { first }) });
}

/** A change as update number `n` of its feed wrote it. */
export function writtenIn<T extends LoggedChange>(n: number, change: T, feed = change.feed): T {
  return { ...change, feed, update: updateId(n) };
}

/** A change of the record of a vulnerability. */
export function textChange(changes: Partial<TextChange> = {}): TextChange {
  const { update, vulnerability, feed } = testChange();
  const id = changes.vulnerability ?? vulnerability;
  const before = { feed: changes.feed ?? feed, id, severity: 'Low' as const };
  return { update, vulnerability, feed, before, after: null, ...changes };
}

/** A group that appeared. */
export function groupChange(changes: Partial<GroupChange> = {}): GroupChange {
  const { update, feed, namespace, package: name, document } = testChange();
  const after = { nameKind: 'source', scheme: 'dpkg' } as const;
  return { update, feed, namespace, package: name, document, silent: true, before: null, after, ...changes };
}

/** Products of a repository that changed. */
export function repositoryChange(changes: Partial<RepositoryChange> = {}): RepositoryChange {
  const { update, feed } = testChange();
  return { update, feed, repository: 'baseos', silent: true, before: null, after: ['cpe:/o:a'], ...changes };
}

/** What a change is about, to see the order. */
export function nameOf(change: FactChange | GroupChange): string {
  const update = Number(change.update.slice(-12));
  if (isTextChange(change)) return `${update} ${change.feed} ${change.vulnerability}`;
  const vulnerability = 'vulnerability' in change ? change.vulnerability : 'group';
  return `${update} ${change.feed} ${change.package} ${vulnerability}`;
}

/** Values in an order that depends on them alone. */
export function inAnyOrder<T>(values: readonly T[]): readonly T[] {
  const text = (value: T) =>
    inspect(value, { sorted: true, depth: Infinity, maxArrayLength: null, maxStringLength: null });
  const keyed = values.map((value) => [text(value), value] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
