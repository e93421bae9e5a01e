import {
  type PackedScoreChanges,
  packScoreChanges,
  type ScoreChange,
  type ScoreRow,
  unpackScoreChanges,
} from '@clarion/store-rules';
import type { TextChange } from '@clarion/model';

/** What an update changed in the scores of a page (`score-pages.ts`). */
export interface ScoreLogPage {
  /** Pages of the log since one with `all`, this one included; 0 for that one. */
  readonly sinceAll: number;
  readonly changes: readonly ScoreChange[];
  /**
   * All scores of the page before the update, in some pages of the log: what did not change for long is found there,
   * not only after all updates.
   */
  readonly all?: readonly ScoreRow[];
}

type Columns = readonly [
  ids: string,
  ...before: readonly [unknown, unknown, unknown],
  ...after: readonly [unknown, unknown, unknown],
];

/** The stored form: members of `PackedScoreChanges` without their names; the page is in the key. */
export type ScoreLogRecord = readonly [sinceAll: number, changes: Columns, all?: Columns];

export function scoreLogRecord(bucket: string, { sinceAll, changes, all }: ScoreLogPage): ScoreLogRecord {
  const columns = columnsOf(packScoreChanges(bucket, changes));
  if (all === undefined) return [sinceAll, columns];
  const rows = all.map((row) => ({ id: row[0], before: row, after: null }));
  return [sinceAll, columns, columnsOf(packScoreChanges(bucket, rows))];
}

/** Of each id, two characters are not those of its page. */
function columnsOf({ ids, before, after }: PackedScoreChanges): Columns {
  return [
    ids.join(''),
    ...([before.scores, before.percentiles, before.dates] as const),
    ...([after.scores, after.percentiles, after.dates] as const),
  ];
}

/** Whose changes, and of which ids, are read. */
export interface ScoreLogAsked extends Pick<TextChange, 'feed' | 'update'> {
  readonly bucket: string;
  readonly ids: ReadonlySet<string>;
}

/** The changes of the requested ids in a record. */
export function changesOf([, changes]: ScoreLogRecord, asked: ScoreLogAsked): readonly TextChange[] {
  return changesIn(changes, asked);
}

/** What is known of all ids of a page before the update of a record: of the requested ones, those that had a score. */
export function allBefore(
  [, , all]: ScoreLogRecord,
  asked: ScoreLogAsked,
): ReadonlyMap<string, TextChange['before']> | undefined {
  return all && new Map(changesIn(all, asked).map(({ vulnerability, before }) => [vulnerability, before]));
}

/** Of a page, few ids are needed: only those rows are decoded. */
function changesIn(columns: Columns, { bucket, ids, feed, update }: ScoreLogAsked): readonly TextChange[] {
  const [suffixes, ...rest] = columns;
  const rows: number[] = [];
  for (let row = 0; row * 2 < suffixes.length; row += 1) {
    if (ids.has(bucket + suffixes.slice(row * 2, row * 2 + 2))) rows.push(row);
  }
  if (rows.length === 0) return [];
  const picked = rest.map((column) => (Array.isArray(column) ? rows.map((row) => column[row] as unknown) : column));
  const [scores, percentiles, dates, ...after] = picked;
  const packed = {
    ids: rows.map((row) => suffixes.slice(row * 2, row * 2 + 2)),
    start: bucket,
    before: { scores, percentiles, dates } as PackedScoreChanges['before'],
    after: { scores: after[0], percentiles: after[1], dates: after[2] } as PackedScoreChanges['after'],
  };
  return unpackScoreChanges(packed, { feed, update });
}

/** The number of changes in a record. */
export function countOf([, [ids]]: ScoreLogRecord): number {
  return ids.length / 2;
}
