import type { Epss, VulnerabilityText } from '@clarion/model';
import type { Transaction } from 'lmdb';

import { decode, encode, type Environment, unpack } from './environment';
import { keyPart, keysBelow, recordKey } from './keys';
import type { KeyedRecord } from './records';

/**
 * Texts that are a score and nothing else. There is one for every CVE there is, of a few bytes each, so those of ids that
 * differ in their last two characters share a record: a page. Staged they are still one by one, by a key that is the
 * page's and the id.
 */
type ScoreRow = readonly [id: string, score: number, percentile: number | null, date: string | null];

const kind = 'score';
const members: ReadonlySet<string> = new Set(['feed', 'id', 'epss']);

/** Whether a text is kept in a page. */
export function isScore(text: VulnerabilityText): text is VulnerabilityText & { readonly epss: Epss } {
  return text.epss !== undefined && Object.keys(text).every((member) => members.has(member)) && hasPage(text);
}

/** Pages hold ids as they are; names that keys cannot hold readably stay texts. */
function hasPage({ id, feed }: Pick<VulnerabilityText, 'id' | 'feed'>): boolean {
  return id.length > 2 && [id, feed, bucketOf(id)].every((part) => keyPart(part) === part);
}

function bucketOf(id: string): string {
  return id.slice(0, -2);
}

/** What to stage for a score, or for its removal. */
export function scoreRecord(id: string, feed: string, epss: Epss | undefined): KeyedRecord | undefined {
  if (!hasPage({ id, feed })) return undefined;
  const row = epss && ([id, epss.score, epss.percentile ?? null, epss.date ?? null] satisfies ScoreRow);
  return [recordKey(kind, bucketOf(id), feed, id), row];
}

/** Gathers staged scores by page until the rest is written. */
export interface ScorePages {
  /** Takes a staged record if it is a score. */
  take(key: string, value: Buffer | undefined): boolean;
  /** Writes the pages that differ. Inside of a write transaction. */
  write(): void;
}

export function scorePages(env: Environment): ScorePages {
  const pages = new Map<string, Map<string, ScoreRow | undefined>>();
  return {
    take(key, value) {
      if (!key.startsWith(`${kind}\t`)) return false;
      const end = key.lastIndexOf('\t');
      const page = key.slice(0, end);
      const rows = pages.get(page) ?? new Map<string, ScoreRow | undefined>();
      pages.set(page, rows);
      rows.set(key.slice(end + 1), value && (unpack(env, decode(env, value)) as ScoreRow));
      return true;
    },
    write() {
      for (const [page, changes] of pages) writePage(env, page, changes);
    },
  };
}

function writePage(env: Environment, page: string, changes: ReadonlyMap<string, ScoreRow | undefined>): void {
  const rows = new Map(rowsOf(env, env.db.get(page)).map((row) => [row[0], row]));
  for (const [id, row] of changes) {
    if (row === undefined) rows.delete(id);
    else rows.set(id, row);
  }
  if (rows.size === 0) {
    env.db.removeSync(page);
    return;
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  const bytes = encode(env, sorted);
  if (env.db.getBinary(page)?.equals(bytes) !== true) env.db.putSync(page, env.lmdb.asBinary(bytes));
}

function rowsOf(env: Environment, stored: unknown): readonly ScoreRow[] {
  return (unpack(env, stored) as readonly ScoreRow[] | undefined) ?? [];
}

/** The scores of vulnerabilities, from one snapshot; a page is read once, however many of its ids are asked for. */
export function scoreReader(env: Environment, transaction: Transaction): (id: string) => readonly VulnerabilityText[] {
  const pages = new Map<string, ReadonlyMap<string, readonly VulnerabilityText[]>>();
  return (id) => {
    if (id.length <= 2) return [];
    const bucket = bucketOf(id);
    const known = pages.get(bucket);
    const page = known ?? grouped(textsOf(env, env.db.getRange({ ...keysBelow(kind, bucket), transaction })));
    if (known === undefined) pages.set(bucket, page);
    return page.get(id) ?? [];
  };
}

function grouped(texts: Iterable<VulnerabilityText>): ReadonlyMap<string, readonly VulnerabilityText[]> {
  const byId = new Map<string, VulnerabilityText[]>();
  for (const text of texts) {
    const known = byId.get(text.id);
    if (known === undefined) byId.set(text.id, [text]);
    else known.push(text);
  }
  return byId;
}

/** The texts in pages of records. */
export function* textsOf(
  env: Environment,
  pages: Iterable<{ readonly key: string; readonly value: unknown }>,
): Generator<VulnerabilityText> {
  for (const { key, value } of pages) {
    const feed = key.slice(key.lastIndexOf('\t') + 1);
    for (const [id, score, percentile, date] of rowsOf(env, value)) {
      const epss = { score, ...(percentile === null ? {} : { percentile }), ...(date === null ? {} : { date }) };
      yield { feed, id, epss };
    }
  }
}
