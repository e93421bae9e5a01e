import type {
  CommittedRevision,
  FeedRevision,
  FeedState,
  HistoryStore,
  Page,
  PageRequest,
  RevisionAt,
  RevisionTime,
} from '@clarion/model';
import { checkLimit, type CommitTime, millisOf, mostCorrected, revisionAfter } from '@clarion/store-rules';
import type { Transaction } from 'lmdb';

import { decode, encode, read, settle, type StoreEnvironment, unpack } from './environment';
import type { HistoryTally } from './history-counts';
import { behind, keysBelow, recordKey } from './keys';
import { firstPage, type PageItem } from './pages';
import { toFeedRecord, toFeedState } from './records';

/** What is stored of a revision; its state is decoded only where it is needed. */
interface RevisionRecord extends Omit<FeedRevision, 'state'>, CommitTime {
  readonly state: Uint8Array;
}

/** The revisions of feeds, by feed and update. */
export function revisionStore(
  env: StoreEnvironment,
): Pick<HistoryStore, 'revisions' | 'revisionsAt' | 'revisionTimes' | 'horizons'> {
  return {
    revisions: (feed, page) => settle(() => revisions(env, feed, page)),
    revisionsAt: (time) => settle(() => revisionsAt(env, millisOf(time))),
    revisionTimes: (updates) => settle(() => revisionTimes(env, updates)),
    horizons: () =>
      settle(() =>
        read(env, (transaction) =>
          Array.from(env.db.getRange({ ...keysBelow('horizon'), transaction }), ({ value }) => value as RevisionTime),
        ),
      ),
  };
}

function revisions(env: StoreEnvironment, feed: string, page: PageRequest): Page<FeedRevision> {
  checkLimit(page);
  const { start, end } = keysBelow('revision', feed);
  const from = page.after === undefined ? end : recordKey('revision', feed, page.after);
  return read(env, (transaction) => firstPage(itemsBefore(env, transaction, { from, start }), page));
}

function* itemsBefore(
  env: StoreEnvironment,
  transaction: Transaction,
  { from, start }: { readonly from: string; readonly start: string },
): Generator<PageItem<FeedRevision>> {
  const range = env.db.getRange({ start: from, end: start, reverse: true, transaction });
  for (const { key, value } of range) {
    if (key === from) continue;
    const revision = toRevision(env, value as RevisionRecord);
    yield [revision.update, revision];
  }
}

function revisionsAt(env: StoreEnvironment, millis: number): RevisionAt[] {
  return read(env, (transaction) =>
    feedRanges(env, { transaction }).flatMap((range) => revisionAt(env, transaction, { range, millis }) ?? []),
  );
}

interface Bounds {
  readonly start: string;
  readonly end: string;
}

/**
 * The newest revision until a time. Ids of updates have the time in them, about: the search begins there. Revisions are
 * in the order of their times too (`commitTimes`).
 */
function revisionAt(
  env: StoreEnvironment,
  transaction: Transaction,
  { range, millis }: { readonly range: Bounds; readonly millis: number },
): RevisionAt | undefined {
  const isUntil = ({ at }: RevisionRecord) => millisOf(at) <= millis;
  const near = `${range.start}${idPrefixOf(millis)}`;
  let found: RevisionRecord | undefined;
  let next: RevisionRecord | undefined;
  for (const { value } of env.db.getRange({ start: near, end: range.end, transaction })) {
    const record = value as RevisionRecord;
    if (!isUntil(record)) {
      next = record;
      break;
    }
    found = record;
  }
  if (found === undefined) {
    for (const { key, value } of env.db.getRange({ start: near, end: range.start, reverse: true, transaction })) {
      const record = value as RevisionRecord;
      if (key >= near) continue;
      if (isUntil(record)) {
        found = record;
        break;
      }
      next = record;
    }
  }
  return found && { ...toRevision(env, found), next: next === undefined ? null : nextOf(next) };
}

function nextOf({ feed, update, at, previousSuccess }: RevisionRecord): RevisionAt['next'] {
  return { feed, update, at, ...(previousSuccess === undefined ? {} : { previousSuccess }) };
}

/** What ids of updates of a time begin with (UUIDs of version 7). */
function idPrefixOf(millis: number): string {
  const hex = Math.max(0, Math.floor(millis)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

function revisionTimes(
  env: StoreEnvironment,
  updates: readonly (readonly [feed: string, update: string])[],
): RevisionTime[] {
  return read(env, (transaction) =>
    updates.flatMap(([feed, update]) => {
      const stored = env.db.get(recordKey('revision', feed, update), { transaction }) as RevisionRecord | undefined;
      return stored === undefined ? [] : [timeOf(stored)];
    }),
  );
}

function timeOf({ feed, update, at }: RevisionTime): RevisionTime {
  return { feed, update, at };
}

function toRevision(env: StoreEnvironment, { clock: _clock, ...record }: RevisionRecord): FeedRevision {
  return { ...record, state: toFeedState(unpack(env, decode(env, record.state))) };
}

/** The ranges of the revisions of each feed. */
export function feedRanges(
  env: StoreEnvironment,
  reading: { readonly transaction?: Transaction } = {},
): readonly Bounds[] {
  const ranges: Bounds[] = [];
  const { end } = keysBelow('revision');
  let { start } = keysBelow('revision');
  for (;;) {
    const [key] = env.db.getKeys({ start, end, limit: 1, ...reading });
    if (key === undefined) return ranges;
    const feed = key.slice(0, key.lastIndexOf('\t'));
    ranges.push({ start: `${feed}\t`, end: behind(feed) });
    start = behind(feed);
  }
}

/** The newest revision of a range before a key, or of all. Inside of a write transaction. */
export function newestRevision(
  env: StoreEnvironment,
  range: Bounds,
  before = range.end,
): (RevisionTime & Pick<FeedRevision, 'first'>) | undefined {
  for (const { key, value } of env.db.getRange({ start: before, end: range.start, reverse: true, limit: 2 })) {
    if (key < before) return value as RevisionRecord;
  }
  return undefined;
}

/** Stores the revision of a commit. Inside of its write transaction, before the state of the feed. */
export function putRevision(
  env: StoreEnvironment,
  committed: CommittedRevision,
  { state, changes, tally }: { readonly state: FeedState; readonly changes: number; readonly tally: HistoryTally },
): void {
  const { db } = env;
  const { feed } = state;
  const stored = db.get(recordKey('feed', feed));
  const before = {
    latest: latestRevisions(env, feed, millisOf(committed.at)),
    state: stored === undefined ? undefined : toFeedState(stored),
  };
  const { revision, corrected, ...clock } = revisionAfter(before, { committed, state, changes });
  const key = recordKey('revision', feed, revision.update);
  const record = { ...revision, ...clock, state: encode(env, toFeedRecord(revision.state)) } satisfies RevisionRecord;
  db.putSync(key, record);
  tally.add(0, key.length + record.state.length);
  if (revision.first === true) db.putSync(recordKey('horizon', feed), timeOf(revision));
  for (const time of corrected) correctTime(env, feed, time);
}

/** The revisions of a feed, newest first, until one that is not later than a time. Inside of a write transaction. */
function latestRevisions(env: StoreEnvironment, feed: string, millis: number): readonly RevisionRecord[] {
  const { start, end } = keysBelow('revision', feed);
  const latest: RevisionRecord[] = [];
  for (const { value } of env.db.getRange({ start: end, end: start, reverse: true, limit: mostCorrected })) {
    const record = value as RevisionRecord;
    latest.push(record);
    if (millisOf(record.at) <= millis) break;
  }
  return latest;
}

function correctTime(env: StoreEnvironment, feed: string, { update, ...time }: CommitTime): void {
  const { db } = env;
  const key = recordKey('revision', feed, update);
  const { clock: _clock, ...record } = db.get(key) as RevisionRecord;
  db.putSync(key, { ...record, ...time } satisfies RevisionRecord);
  const horizonKey = recordKey('horizon', feed);
  const horizon = db.get(horizonKey) as RevisionTime | undefined;
  if (horizon?.update === update) db.putSync(horizonKey, timeOf({ ...record, ...time }));
}

/** Removes a revision. Inside of a write transaction. */
export function removeRevision(env: StoreEnvironment, key: string, tally: HistoryTally): void {
  const { db } = env;
  const record = db.get(key) as RevisionRecord | undefined;
  if (record === undefined) return;
  const horizonKey = recordKey('horizon', record.feed);
  const horizon = db.get(horizonKey) as RevisionTime | undefined;
  if (horizon?.update === record.update) db.removeSync(horizonKey);
  db.removeSync(key);
  tally.add(0, -key.length - record.state.length);
}
