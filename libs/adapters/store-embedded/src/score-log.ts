import type { TextChange } from '@clarion/model';
import { type ScoreChange, scoreChangeOf, type ScoreRow } from '@clarion/store-rules';

import { decode, encode, type StoreEnvironment, unpack } from './environment';
import type { HistoryTally } from './history-counts';
import { keyPart, keysBelow, recordKey } from './keys';
import type { KeyedRecord } from './records';
import {
  allBefore,
  changesOf,
  countOf,
  type ScoreLogAsked,
  scoreLogRecord,
  type ScoreLogRecord,
} from './score-log-page';
import { bucketOf, hasPage, rowsOf, scoreKey } from './score-pages';

// Silent changes of scores: there are hundreds of thousands a day. Those of a page of scores (`score-pages.ts`) by one
// update share a record, by page, feed and update; another record has the names of all such pages of the update.

const kind = 'changed-score';
const kindOfUpdates = 'changed-scores';

/** A page of the log has all scores of its page after this many that have not. */
const pagesWithoutAll = 15;
/** Names of pages in one record. */
const bucketsTogether = 500;

/** The change of a score that is kept with others of its page; undefined for any other change. */
export function pagedChangeOf(change: TextChange): ScoreChange | undefined {
  const { update, vulnerability: id, feed } = change;
  return keyPart(update) === update && hasPage({ id, feed }) ? scoreChangeOf(change) : undefined;
}

/** Staged changes: the rest of the key is the update. */
type StagedRow = readonly [id: string, before: ScoreRow | null, after: ScoreRow | null];

/** Collects changes of scores, so that those of a page are staged together. */
export interface ScoreLogChanges {
  /** False if it is not kept in a page. */
  note(change: TextChange): boolean;
  /** A change that is kept elsewhere took the place of one that may have been noted. */
  withdraw(change: TextChange): void;
  flush(): void;
}

/** As few as of the scores themselves. */
const changesAtOnce = 300;

export function scoreLogChanges(put: (records: readonly KeyedRecord[]) => void): ScoreLogChanges {
  let pages = new Map<string, (StagedRow | readonly [id: string])[]>();
  let count = 0;
  let some = false;
  const flush = () => {
    put([...pages]);
    pages = new Map();
    count = 0;
  };
  const add = ({ vulnerability, feed, update }: TextChange, row: StagedRow | readonly [id: string]) => {
    const key = recordKey(kind, bucketOf(vulnerability), feed, update);
    const known = pages.get(key);
    if (known === undefined) pages.set(key, [row]);
    else known.push(row);
    count += 1;
    if (count >= changesAtOnce) flush();
  };
  return {
    note: (change) => {
      const score = pagedChangeOf(change);
      if (score === undefined) return false;
      some = true;
      add(change, [score.id, score.before, score.after]);
      return true;
    },
    withdraw: (change) => {
      if (some && hasPage({ id: change.vulnerability, feed: change.feed })) add(change, [change.vulnerability]);
    },
    flush,
  };
}

/** Writes staged changes of scores, before the scores themselves. Inside of a write transaction. */
export interface ScoreLogWriter {
  /** Takes a staged record if it is of such changes. Those of one page are consecutive. */
  take(key: string, value: Buffer | undefined): boolean;
  /** Writes the remaining changes. */
  write(): void;
}

/** With `records`, the feed has more than scores: then pages of scores do not show all that is stored. */
export function scoreLogWriter(
  env: StoreEnvironment,
  { tally, records }: { readonly tally: HistoryTally; readonly records: boolean },
): ScoreLogWriter {
  let key = '';
  let staged: (StagedRow | readonly [id: string])[] = [];
  const buckets = new Map<string, string[]>();
  const writePage = () => {
    const rows = newestOf(staged);
    staged = [];
    if (rows.length === 0) return;
    const [bucket, feed, update] = partsOf(key);
    putPage(env, { key, rows, records, tally });
    const updateKey = recordKey(kindOfUpdates, update, feed);
    buckets.set(updateKey, [...(buckets.get(updateKey) ?? []), bucket]);
  };
  return {
    take(next, value) {
      if (!next.startsWith(`${kind}\t`) || value === undefined) return false;
      if (next !== key) writePage();
      key = next;
      staged.push(...(unpack(env, decode(env, value)) as readonly StagedRow[]));
      return true;
    },
    write() {
      writePage();
      for (const [updateKey, names] of buckets) putNames(env, updateKey, { names, tally });
    },
  };
}

function newestOf(staged: readonly (StagedRow | readonly [id: string])[]): readonly ScoreChange[] {
  const rows = new Map<string, ScoreChange>();
  for (const row of staged) {
    const [id] = row;
    if (row.length === 1) rows.delete(id);
    else rows.set(id, { id, before: row[1], after: row[2] });
  }
  return [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface PageToPut {
  readonly key: string;
  readonly rows: readonly ScoreChange[];
  readonly records: boolean;
  readonly tally: HistoryTally;
}

function putPage(env: StoreEnvironment, { key, rows, records, tally }: PageToPut): void {
  const { db, lmdb } = env;
  const [bucket, feed] = partsOf(key);
  removeScoreLogPage(env, key, tally);
  const last = sinceAllOf(env, bucket, feed);
  const isFull = !records && last !== undefined && last >= pagesWithoutAll;
  const all = isFull ? { all: rowsOf(env, db.get(scoreKey(bucket, feed))) } : {};
  const sinceAll = isFull ? 0 : (last ?? firstOf(bucket)) + 1;
  const bytes = encode(env, scoreLogRecord(bucket, { sinceAll, changes: rows, ...all }));
  db.putSync(key, lmdb.asBinary(bytes));
  tally.add(rows.length, key.length + bytes.length);
}

/** Pages get all their scores in different updates: a day on which all of them did would cost ten times the others. */
function firstOf(bucket: string): number {
  return Array.from(bucket).reduce((sum, character) => sum + character.charCodeAt(0), 0) % pagesWithoutAll;
}

/** `sinceAll` of the last page of the log of a page; undefined without one. */
function sinceAllOf(env: StoreEnvironment, bucket: string, feed: string): number | undefined {
  const { start, end } = keysBelow(kind, bucket, feed);
  const [last] = env.db.getKeys({ start: end, end: start, reverse: true, limit: 1 });
  return last === undefined ? undefined : (unpack(env, env.db.get(last)) as ScoreLogRecord)[0];
}

function putNames(
  env: StoreEnvironment,
  updateKey: string,
  { names, tally }: { readonly names: readonly string[]; readonly tally: HistoryTally },
): void {
  for (let from = 0; from < names.length; from += bucketsTogether) {
    const some = names.slice(from, from + bucketsTogether);
    const key = `${updateKey}\t${some[0] ?? ''}`;
    const known = (unpack(env, env.db.get(key)) as readonly string[] | undefined) ?? [];
    const bytes = encode(env, [...new Set([...known, ...some])]);
    env.db.putSync(key, env.lmdb.asBinary(bytes));
    tally.add(0, known.length === 0 ? key.length + bytes.length : 0);
  }
}

/** Removes a page of the log. Inside of a write transaction. */
function removeScoreLogPage(env: StoreEnvironment, key: string, tally: HistoryTally): void {
  const bytes = env.db.getBinary(key);
  if (bytes === undefined) return;
  tally.add(-countOf(unpack(env, decode(env, bytes)) as ScoreLogRecord), -key.length - bytes.length);
  env.db.removeSync(key);
}

/** Removes a record of names of pages of an update with those pages. Inside of a write transaction. */
export function removeScoreLog(env: StoreEnvironment, key: string, tally: HistoryTally): void {
  const [, update = '', feed = ''] = key.split('\t');
  const bytes = env.db.getBinary(key);
  if (bytes === undefined) return;
  for (const bucket of unpack(env, decode(env, bytes)) as readonly string[]) {
    removeScoreLogPage(env, [kind, bucket, feed, update].join('\t'), tally);
  }
  env.db.removeSync(key);
  tally.add(0, -key.length - bytes.length);
}

/** The bucket, feed and update in the key of a page: all of them are readable. */
function partsOf(key: string): readonly [bucket: string, feed: string, update: string] {
  const [, bucket = '', feed = '', update = ''] = key.split('\t');
  return [bucket, feed, update];
}

/** A page of the log as it is read. */
export interface StoredScoreLogPage {
  readonly key: string;
  /** Unpacked. */
  readonly value: unknown;
}

/** The changes in a page of the log of the requested ids. */
export function scoreChangesOf(page: StoredScoreLogPage, ids: ReadonlySet<string>): readonly TextChange[] {
  return changesOf(page.value as ScoreLogRecord, askedOf(page, ids));
}

/** The same for those of `ids` that are found in this page, changed or not; they are removed from `ids`. */
export function* takeFirstOfPage(page: StoredScoreLogPage, ids: Set<string>): Generator<TextChange> {
  const record = page.value as ScoreLogRecord;
  const asked = askedOf(page, ids);
  for (const change of changesOf(record, asked)) {
    ids.delete(change.vulnerability);
    yield change;
  }
  const all = allBefore(record, asked);
  if (all === undefined) return;
  const { feed, update } = asked;
  for (const vulnerability of ids) {
    const before = all.get(vulnerability) ?? null;
    yield { update, vulnerability, feed, before, after: before, silent: true };
  }
  ids.clear();
}

function askedOf({ key }: StoredScoreLogPage, ids: ReadonlySet<string>): ScoreLogAsked {
  const [bucket, feed, update] = partsOf(key);
  return { bucket, feed, update, ids };
}

/** The range of the pages of the log of a page of scores. */
export function scoreLogPrefix(bucket: string): string {
  return keysBelow(kind, bucket).start;
}

/** The range of the records of names of pages of updates before one, or of all. */
export function scoreLogUpdates(before?: string): { readonly start: string; readonly end: string } {
  const all = keysBelow(kindOfUpdates);
  return before === undefined ? all : { start: all.start, end: recordKey(kindOfUpdates, before) };
}
