import type { Epss, VulnerabilityRecord } from '@clarion/model';
import { changedRows, isScoreOnly, type ScoreRow, scoreRow, scoreText } from '@clarion/store-rules';
import type { Transaction } from 'lmdb';

import { decode, encode, type StoreEnvironment, unpack } from './environment';
import { keyPart, keysBelow, recordKey } from './keys';
import type { KeyedRecord } from './records';

/**
 * Scores (`ScoreRow`) of ids that differ only in their last two characters share a record: a page. Changes of pages are
 * staged.
 */
const kind = 'score';

/** Whether a vulnerability record is stored in a page. */
export function isScore(text: VulnerabilityRecord): text is VulnerabilityRecord & { readonly epss: Epss } {
  return isScoreOnly(text) && hasPage(text);
}

/** Pages contain plain ids; records whose names cannot be readable keys are not stored in pages. */
export function hasPage({ id, feed }: Pick<VulnerabilityRecord, 'id' | 'feed'>): boolean {
  return id.length > 2 && [id, feed, bucketOf(id)].every((part) => keyPart(part) === part);
}

/** What the ids of a page begin with. */
export function bucketOf(id: string): string {
  return id.slice(0, -2);
}

/** The key of the page of a feed, whose name is readable. */
export function scoreKey(bucket: string, feed: string): string {
  return recordKey(kind, bucket, feed);
}

/** A row to put, or the id alone of one to remove. */
type ScoreChange = ScoreRow | readonly [id: string];

/** Collects changes of scores, so that those of a page are staged together. */
export interface ScoreChanges {
  /** Notes a score, or its removal; false if it is not stored in a page. Full batches are passed to `put`. */
  note(text: Pick<VulnerabilityRecord, 'id' | 'feed' | 'epss'>): boolean;
  flush(): void;
}

/** Feeds have scores in the order of ids, so most pages are staged once. More would outlive the heap of new objects. */
const changesAtOnce = 300;

export function scoreChanges(put: (records: readonly KeyedRecord[]) => void): ScoreChanges {
  let pages = new Map<string, ScoreChange[]>();
  let count = 0;
  const flush = () => {
    put([...pages]);
    pages = new Map();
    count = 0;
  };
  return {
    note: ({ id, feed, epss }) => {
      if (!hasPage({ id, feed })) return false;
      const change: ScoreChange = epss === undefined ? [id] : scoreRow(id, epss);
      const page = scoreKey(bucketOf(id), feed);
      const known = pages.get(page);
      if (known === undefined) pages.set(page, [change]);
      else known.push(change);
      count += 1;
      if (count >= changesAtOnce) flush();
      return true;
    },
    flush,
  };
}

/** Gathers staged changes of a page until they can be written. */
export interface ScorePages {
  /** Takes a staged record if it contains scores. Those of one page are consecutive. Inside a write transaction. */
  take(key: string, value: Buffer | undefined): boolean;
  /** Writes the remaining changes. */
  write(): void;
}

export function scorePages(env: StoreEnvironment): ScorePages {
  let page = '';
  let changes: ScoreChange[] = [];
  const write = () => {
    if (changes.length > 0) writePage(env, page, changes);
    changes = [];
  };
  return {
    take(key, value) {
      if (!key.startsWith(`${kind}\t`) || value === undefined) return false;
      if (key !== page) write();
      page = key;
      for (const change of unpack(env, decode(env, value)) as readonly ScoreChange[]) changes.push(change);
      return true;
    },
    write,
  };
}

function writePage(env: StoreEnvironment, page: string, changes: readonly ScoreChange[]): void {
  const rows = changedRows(rowsOf(env, env.db.get(page)), changes);
  if (rows.length === 0) {
    env.db.removeSync(page);
    return;
  }
  const bytes = encode(env, rows);
  if (env.db.getBinary(page)?.equals(bytes) !== true) env.db.putSync(page, env.lmdb.asBinary(bytes));
}

/** The scores in a stored page. */
export function rowsOf(env: StoreEnvironment, stored: unknown): readonly ScoreRow[] {
  return (unpack(env, stored) as readonly ScoreRow[] | undefined) ?? [];
}

/** The scores of vulnerabilities, from one snapshot; a page is read once, however many of its ids are requested. */
export function scoreReader(
  env: StoreEnvironment,
  transaction: Transaction,
): (id: string) => readonly VulnerabilityRecord[] {
  const pages = new Map<string, readonly Page[]>();
  return (id) => {
    if (id.length <= 2) return [];
    const bucket = bucketOf(id);
    let found = pages.get(bucket);
    if (found === undefined) {
      const records = env.db.getRange({ ...keysBelow(kind, bucket), transaction });
      found = Array.from(records, ({ key, value }) => ({ feed: feedOf(key), rows: rowsOf(env, value) }));
      pages.set(bucket, found);
    }
    return found.flatMap(({ feed, rows }) => rows.filter((row) => row[0] === id).map((row) => scoreText(feed, row)));
  };
}

interface Page {
  readonly feed: string;
  readonly rows: readonly ScoreRow[];
}

function feedOf(page: string): string {
  return page.slice(page.lastIndexOf('\t') + 1);
}

/** The texts in pages of records. */
export function* textsOf(
  env: StoreEnvironment,
  pages: Iterable<{ readonly key: string; readonly value: unknown }>,
): Generator<VulnerabilityRecord> {
  for (const { key, value } of pages) {
    const feed = feedOf(key);
    for (const row of rowsOf(env, value)) yield scoreText(feed, row);
  }
}
